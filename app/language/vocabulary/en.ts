/** Common words of questions in English, with what people on phones make of them. */
export const en = `
the a an and or but if then so because of to for with from by about into at in on not no than as is are was were be
been being am do does did done doing have has had having can could will would should shall may might must i you he she
it we they me him her us them my your his our their its this that these those there here what which who whom whose
when where why how whats wheres whos hows im ive id dont doesnt didnt cant couldnt wont isnt arent wasnt havent
shouldnt thats theres just only also even still very too more most much many any some all both each every other
another same such own again before after during while until since between without against over under out up down off
now today tomorrow yesterday always never often sometimes already yet ever really maybe back away one two three four
five first second third time times day days night week month year years people person man men woman women child
children kid kids boy girl baby brother sister mother father mom mum dad parent parents husband wife son daughter
family friend friends someone something anything nothing everyone everything thing things way make makes made making
take takes took taken taking give gives gave given giving get gets got getting go goes going went gone come comes say
says said saying tell told know knows knew known think want wants wanted need needs needed help helps use used using
find feel feeling feels ask asking asked explain explains mean means meaning meanings happen happens happened keep
keeps keeping let put read reading recite reciting write see saw seen look looking start started stop stopped leave
left work works working worked job live living lived die died dead death dying eat eats eating ate drink drinking
sleep sleeping wake travel traveling travelling traveler buy sell selling buying pay paid paying money loan loans debt
bank mortgage interest insurance stock stocks market trading trade invest investing investment income savings salary
gold silver price amount calculate calculation calculator percentage pray prays prayed praying prayer prayers fast
fasts fasted fasting worship ablution supplication supplications god lord prophet prophets messenger angel angels book
books verse verses chapter story stories name names word words question questions ruling rulings rule rules law laws
allowed permissible permitted forbidden prohibited lawful sin sins sinful sinned repent repentance reset forgiveness
forgiven belief believe believer faith religion religious muslim muslims non islamic convert converting heaven hell
paradise judgement judgment signs sign soul souls evil eye magic black dream dreams possession protection marry
married marrying marriage divorce divorced wedding engaged relationship love rights right wrong obligation obligatory
inheritance inherit share shares pregnant pregnancy breastfeeding period periods menstruation bleeding blood
miscarriage abortion birth sick sickness ill illness disease medicine doctor hospital treatment pain knee vomit
vomiting swallow swallowing saliva teeth brush brushing tooth toothpaste perfume makeup nail nails polish hair beard
clothes clothing dress wear wearing shoes socks wiping wipe washing wash clean impure purity water bath shower sex
sexual kiss kissing touch touching music listen listening song singing dance dancing dog dogs cat cats animal animals
pork pig meat chicken beef fish shrimp alcohol wine beer smoke smoking vaping drugs tattoo tattoos birthday birthdays
christmas celebrate celebrating celebration food restaurant break breaks breaking broke broken invalidate invalidates
nullify valid count counts miss missed missing late sunrise sunset morning evening afternoon noon midnight combining
combine shorten shortening forgot forgotten forget remember intention intentions condition conditions pillars pillar
difference differences types type benefits benefit virtue virtues reward rewards reason reasons evidence proof proofs
authentic weak opinion opinions scholars scholar school schools according best better good bad great big small long
new old young high low important correct correctly properly true false real sure possible able permission procedure
step steps guide translation translate translated english arabic language please pls plz thnx send show list example
examples depression depressed anxiety anxious sad sadness angry anger happy happiness patience patient stress stressed
lonely lost scared afraid worried suicide success exam exams study studying student university college country home
house room phone number online internet website app video photo picture pictures social media cryptocurrency crypto
currency business company customers boss colleague neighbors neighbours neighbor dollars pounds property rental rent
tax adoption adopt orphan widow funeral burial grave graves buried deceased sitting standing bowing prostration gay
lesbian transgender homosexuality atheist christian christians jew jews jewish bible kosher earth flat moon sun
science evolution creation created world life afterlife fate destiny free war peace justice leader leading lead daily
weekly monthly yearly friday monday thursday saturday sunday wednesday tuesday wat wht hw abt tel cn u ur r ppl bcz
cuz coz becoz gud dnt wanna gonna gotta lemme lot lots else instead nor neither either whether through though although
however therefore thus hence within across above below behind beside near far around along toward towards upon per via
regarding concerning
`;
