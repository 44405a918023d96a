extension Lexicon {
    /// Countries, states, continents and large cities.
    static let places = """
        afghanistan,albania,algeria,andorra,angola,argentina,armenia,australia,austria,azerbaijan,bahamas,bahrain,bangladesh,barbados,belarus
        belgium,belize,benin,bhutan,bolivia,bosnia,botswana,brazil,bulgaria,burkina faso,burundi,cambodia,cameroon,canada,cape verde,chad,chile
        china,colombia,congo,costa rica,croatia,cuba,cyprus,czech republic,czechia,denmark,djibouti,dominican republic,ecuador,egypt,el salvador
        england,eritrea,estonia,ethiopia,fiji,finland,france,gabon,gambia,georgia,germany,ghana,greece,greenland,grenada,guatemala,guinea,guyana
        haiti,honduras,hong kong,hungary,iceland,india,indonesia,iran,iraq,ireland,israel,italy,ivory coast,jamaica,japan,jordan,kazakhstan,kenya
        kosovo,kuwait,kyrgyzstan,laos,latvia,lebanon,lesotho,liberia,libya,liechtenstein,lithuania,luxembourg,madagascar,malawi,malaysia,maldives
        mali,malta,mauritania,mauritius,mexico,moldova,monaco,mongolia,montenegro,morocco,mozambique,myanmar,namibia,nepal,netherlands,new zealand
        nicaragua,niger,nigeria,north korea,north macedonia,northern ireland,norway,oman,pakistan,palestine,panama,papua new guinea,paraguay,peru
        philippines,poland,portugal,puerto rico,qatar,romania,russia,rwanda,samoa,san marino,saudi arabia,scotland,senegal,serbia,seychelles
        sierra leone,singapore,slovakia,slovenia,somalia,south africa,south korea,south sudan,soviet union,spain,sri lanka,sudan,suriname,sweden
        switzerland,syria,taiwan,tajikistan,tanzania,thailand,tibet,togo,trinidad,tunisia,turkey,turkmenistan,uganda,ukraine,united arab emirates
        united kingdom,united states,united states of america,uruguay,uzbekistan,vatican,venezuela,vietnam,wales,yemen,zambia,zimbabwe
        america,usa,u.s.,u.s.a.,u.k.,uk,uae,europe,asia,africa,antarctica,north america,south america,latin america,central america,middle east,scandinavia
        great britain,britain,bavaria,catalonia,tuscany,sicily,provence,normandy,siberia,balkans,caribbean,pacific,atlantic,mediterranean,himalayas
        alps,rockies,andes,sahara,amazon rainforest,silicon valley,bay area,wall street,times square,hollywood,broadway,central park
        alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,hawaii,idaho,illinois,indiana,iowa,kansas,kentucky
        louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,nebraska,nevada,new hampshire,new jersey
        new mexico,new york,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,rhode island,south carolina,south dakota,tennessee
        texas,utah,vermont,virginia,washington,west virginia,wisconsin,wyoming,new england,ontario,quebec,alberta,british columbia,manitoba
        nova scotia,saskatchewan,new south wales,queensland,tasmania,cornwall,yorkshire,kent,essex,sussex,devon,dorset,surrey
        new york city,nyc,los angeles,chicago,houston,phoenix,philadelphia,san antonio,san diego,dallas,san jose,austin,jacksonville
        fort worth,columbus,indianapolis,charlotte,san francisco,seattle,denver,boston,el paso,nashville,detroit,oklahoma city,portland,las vegas
        memphis,louisville,baltimore,milwaukee,albuquerque,tucson,fresno,sacramento,kansas city,atlanta,omaha,colorado springs,raleigh,miami
        oakland,minneapolis,tulsa,tampa,new orleans,cleveland,honolulu,cincinnati,pittsburgh,st. louis,st louis,orlando,buffalo,salt lake city
        anchorage,boulder,palo alto,mountain view,menlo park,berkeley,cupertino,brooklyn,manhattan,queens,bronx,harlem,staten island,long island
        toronto,montreal,vancouver,calgary,ottawa,edmonton,winnipeg,halifax,mexico city,guadalajara,monterrey,cancun,havana,kingston,bogota
        medellin,lima,quito,caracas,santiago,buenos aires,montevideo,rio,rio de janeiro,sao paulo,são paulo,brasilia,salvador,recife,la paz
        london,manchester,birmingham,liverpool,leeds,glasgow,edinburgh,bristol,cardiff,belfast,oxford,cambridge,brighton,nottingham,sheffield
        newcastle,southampton,york,bath,dublin,cork,galway,paris,lyon,marseille,nice,bordeaux,toulouse,strasbourg,lille,nantes,brussels,antwerp
        ghent,bruges,amsterdam,rotterdam,the hague,utrecht,eindhoven,berlin,hamburg,munich,cologne,frankfurt,stuttgart,dresden,leipzig,düsseldorf
        heidelberg,nuremberg,bonn,zurich,zürich,geneva,basel,bern,lausanne,vienna,salzburg,innsbruck,graz,prague,brno,bratislava,budapest,warsaw
        krakow,kraków,gdansk,wroclaw,rome,milan,venice,florence,naples,turin,bologna,palermo,verona,pisa,madrid,barcelona,valencia,seville,malaga
        bilbao,granada,lisbon,porto,athens,thessaloniki,istanbul,ankara,izmir,copenhagen,stockholm,gothenburg,malmö,oslo,bergen,helsinki,reykjavik
        tallinn,riga,vilnius,kyiv,kiev,lviv,odessa,minsk,moscow,st. petersburg,saint petersburg,bucharest,sofia,belgrade,zagreb,ljubljana,sarajevo
        dubrovnik,tirana,cairo,alexandria,casablanca,marrakesh,rabat,tunis,algiers,tripoli,lagos,abuja,accra,dakar,nairobi,kampala,addis ababa
        johannesburg,cape town,durban,pretoria,harare,lusaka,kigali,khartoum,jerusalem,tel aviv,haifa,beirut,damascus,amman,baghdad,tehran,riyadh
        jeddah,mecca,dubai,abu dhabi,doha,kuwait city,muscat,kabul,karachi,lahore,islamabad,mumbai,delhi,new delhi,bangalore,bengaluru,hyderabad
        chennai,kolkata,pune,jaipur,goa,kathmandu,dhaka,colombo,bangkok,phuket,chiang mai,hanoi,ho chi minh city,saigon,phnom penh,kuala lumpur
        jakarta,bali,manila,cebu,beijing,shanghai,shenzhen,guangzhou,chengdu,wuhan,xian,macau,taipei,seoul,busan,pyongyang,tokyo,osaka,kyoto
        nagoya,sapporo,fukuoka,hiroshima,yokohama,okinawa,sydney,melbourne,brisbane,perth,adelaide,canberra,auckland,wellington,christchurch
        grand canyon,niagara falls,yellowstone,yosemite,mount everest,mount fuji,lake tahoe,lake michigan,golden gate bridge,eiffel tower
        big ben,white house,buckingham palace,taj mahal,great wall,machu picchu,stonehenge,empire state building,statue of liberty,the louvre,louvre
        """
}
