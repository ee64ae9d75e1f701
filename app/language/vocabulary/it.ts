/** Common words of questions in Italian. */
export const it = `
il lo la i gli le un uno una del della dei delle degli dello al alla ai alle nel nella sul sulla dal dalla di da in su
con per tra fra e o ma che chi cosa come quando quale quali dove perché se non è sono sei siamo ho hai ha hanno era
essere avere fare faccio fa fatto posso può possono devo deve voglio vorrei mi ti si ci mio mia miei tuo suo io tu lui
lei noi voi loro questo questa quello più meno anche molto quanto quanti pregare prego preghiera preghiere digiuno
digiunare donna uomo marito moglie fratello sorella figlio padre madre incinta musica ascoltare mangiare permesso
vietato peccato dio profeta giorno casa sposare matrimonio divorzio soldi banca lavoro convertirmi durante prima dopo
mentre grazie mille ciao buongiorno abluzione domanda significa seduta seduto viaggio ed ad né ogni qualcuno qualcosa
niente nulla nessuno tutto tutta tutti tutte altro altra altri altre stesso stessa così allora poi quindi però anzi
oppure invece solo soltanto sempre mai già ancora oggi ieri domani stasera sera mattina notte ora ore perchè perche
dov com cos c quella quelli quelle questi queste nostro nostra vostro vostra suoi sue mie tue abbiamo avete siete
stato stata stati erano sarà sia dovrei dovrebbe dobbiamo possiamo potrei vuole vogliono volevo andare vado va vanno
venire viene dire dimmi dici detto sapere so sai leggere dormire dimenticato perso pagare comprare vendere vivere
morire morto morta persona persone gente uomini donne bambino bambini amico famiglia fidanzato cane gatto maiale carne
vino acqua capelli velo scarpe caffè mutuo moschea musulmano musulmana musulmani islamico obbligatorio vietata lecito
rompe diventare diventata italiano italiana buona risposta aiuto spiegare spiega pazienza anno anni mese settimana
giorni vero vera bene male fumare capire dagli dalle sugli sulle nei negli nelle
`;
