/** Common words of questions in French, with what people on phones make of them. */
export const fr = `
le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs je
tu il elle on nous vous ils elles me te se lui moi toi eux y en qui que quoi dont où quel quelle quels quelles lequel
laquelle et ou mais donc car si ni comme quand comment combien pourquoi parce puisque lorsque lorsqu puisqu est-ce qu
à dans par pour sur sous avec sans chez vers entre avant après pendant depuis jusqu contre selon malgré ne pas plus
jamais rien personne aucun aucune toujours encore déjà aussi très trop peu beaucoup bien mal mieux moins est es suis
sommes êtes sont était étaient être été ai as avons avez ont avait avoir eu sera serait soit fait fais faire faites
font fera peut peux pouvez peuvent peut-on puis pourrait pouvoir dois doit devons doivent devoir faut veux veut voulez
voudrais vouloir sais sait savoir vais va allez vont aller viens vient venir dis dit dire dites donne donnez donner
explique expliquez expliquer aide aider trouver prendre mettre lire lis manger boire dormir travailler acheter vendre
parler demander demande répondre écouter regarder porter toucher changer commencer oublier oublié raté tout toute tous
toutes autre autres même mêmes certains plusieurs chaque quelque quelques celui celle ceux cela ça ca ceci oui non
peut-être voilà voici ici là maintenant aujourd hui demain hier soir matin midi nuit jour jours semaine mois année
années an ans heure heures temps fois première premier deux trois quatre cinq homme hommes femme femmes mari épouse
époux mère père parents frère frères soeur sœur soeurs sœurs enfant enfants fille fils famille ami amis amie gens
prophète prophètes dieu messager compagnons anges prière prières prier prie prient jeûne jeûner jeûnes ablutions
ablution grandes sourate sourates verset versets invocation invocations livre histoire islamique musulman musulmane
musulmans musulmanes religion foi croyance péché péchés repentir pardon pardonner licite illicite permis autorisé
autorisée interdit interdite interdits obligatoire recommandé avis jugement preuve savants école différence diff
règles règle enceinte allaitante allaiter accouchement maladie malade médicament médecin dents brosser vernis ongle
ongles maquillage cheveux barbe voile vêtements viande porc poisson crevettes alcool musique chanson cigarette fumer
tatouage mariage marier épouser divorce divorcer héritage droits droit argent banque crédit prêt immobilier maison
intérêt intérêts emploi assurance salaire prix travail voyage voyager rattraper manquées vendredi mort morts tombe
tombes enterrement paradis enfer fin monde vie signes sorcellerie mauvais oeil rêve rêves chien chiens anniversaire
noël question questions besoin problème chose choses signification sens traduction merci bonjour bonsoir salut svp stp
bcp jai jsuis jpeux jvoudrais jveux jsp koi pk pq pourkoi cest c slt dsl qd ds ki kel tjrs tkt mdr convertir assise
assis debout couché voiture université étudiant étudier examen grand grande petit petite bon bonne nouveau nouvelle
vrai faux seul seule possible important horaires horaire
`;
