/** Common words of questions in Spanish. */
export const es = `
el la los las les le un una unos unas lo al del de en y o u pero que qué si sí no cómo como cuándo cuando cuál cual
cuáles dónde donde quién quien por para con sin sobre entre desde hasta porque es son está están estoy estar ser era
fue soy hay he ha han puedo puede pueden podemos debo debe hacer hace hago hizo quiero quiere quisiera tengo tiene
tener me te se mi mis tu su sus nos yo él ella ellos ellas nosotros usted este esta esto ese esa eso muy más menos
también cuánto cuanto cuántos cuántas rezar rezo oración oraciones orar ayuno ayunar mujer hombre esposo esposa marido
hijo hija hermano hermana padre madre embarazada música escuchar comer beber permitido prohibido pecado perdón dios
profeta días día casa casarme casar matrimonio divorcio dinero banco trabajo convertirme musulmán musulmana ablución
pregunta significa dice mejor viernes noche mañana antes después durante mientras gracias muchas hola buenos buenas
favor viaje viajo pilares corán cristiana e ni ya así aún entonces pues adónde cuya esos esas estas estos aquel
aquella algo alguien nada nadie todo toda todos todas otro otra otros otras mismo misma cada hubo había eres somos
estás estamos estaba tienes tenemos quieres queremos debes debería deberían hacemos haces hacen hecho voy vas va vamos
van ir vengo viene dar dame dime diga decir digo saber sé sabe sabes conocer poder podría leer dormir olvidé olvidar
perdí perder pagar pago comprar vender vivir morir murió muerto muerta persona personas gente hombres mujeres niño
niña niños amigo amiga familia novio novia perro gato gatos cerdo carne vino agua pelo velo ropa zapatos seguro sueldo
tatuajes mezquita musulmanes obligatorio obligatoria pecados rezos reza rezando ayuna hora horas año años semana mes
vez veces cerca lejos aquí allí hoy ayer tarde tardes duda dudas respuesta ayuda ayudar necesito explicar explica
gusta cierto bien mal solo sola robot acerca hacia según
`;
