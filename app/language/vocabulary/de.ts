/** Common words of questions in German. */
export const de = `
der die das den dem des ein eine einen einem einer und oder aber wenn weil dass ob ist sind war bin bist sein haben
habe hat hatte werden wird kann kannst können darf darfst dürfen muss musst müssen soll sollte will möchte ich du er
sie es wir ihr mich dich mir dir uns mein meine meinen meiner dein deine nicht kein keine was wer wie wo wann warum
welche welcher welches wieviel viel viele für mit von vom zu zum zur auf aus bei beim nach vor über unter im am an in
ohne um durch gegen während bis seit als auch noch nur schon sehr mehr man beten bete gebet gebete gebetszeiten fasten
faste frau frauen mann bruder schwester kind kinder eltern mutter vater schwanger schwangere musik hören zähne putzen
essen trinken erlaubt verboten sünde gott prophet tag tage haus heiraten hochzeit ehe scheidung geld bank arbeit
konvertieren frage fragen thema bedeutet bedeutung danke hallo guten bitte machen mache macht gibt bricht berechnen
kopftuch reise gold morgen abend nacht freitag oft sagt tattoos ab wieso weshalb woher wohin wessen wem wen dann denn
doch mal eben etwa etwas nichts alles alle allen jede jeder jedes jeden diese dieser dieses diesen hab hättest hätte
wäre würde könnte sollen wollen wollte konnte musste ging gehen geht kommen kommt gilt werde wurde bitten ihre ihren
ihrem seine seinen unser unsere euch ihnen heute gestern später früh abends morgens vielen antwort antworten kurze
wegen bedeuten erklären erklär sagen steht stehen lesen schlafen vergessen bezahlen kaufen verkaufen arbeiten leben
sterben gestorben tot mensch menschen leute computer sohn tochter familie freund freundin schwein schweinefleisch
alkohol wasser haare kleidung versicherung kredit verheiratet glauben glaube islamisch islamische muslime muslimin
muslimisch moschee herr lange dauert dürfte sitzen sitzend nachholen geduld wirklich richtig falsch wichtig gerne gute
guter schönen leider möglich hilfe helfen
`;
