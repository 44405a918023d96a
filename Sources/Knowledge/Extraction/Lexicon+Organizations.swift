extension Lexicon {
    /// Companies, agencies, clubs and schools that are known by name.
    static let organizations = """
        google,microsoft,apple,amazon,facebook,meta,twitter,netflix,ibm,intel,nvidia,amd,oracle,sap,cisco,dell,hp,samsung,sony,nokia,huawei
        xiaomi,lenovo,toshiba,panasonic,hitachi,fujitsu,siemens,bosch,philips,ericsson,motorola,qualcomm,adobe,salesforce,spotify,uber,lyft
        airbnb,paypal,ebay,etsy,shopify,stripe,dropbox,slack,linkedin,snapchat,tiktok,instagram,youtube,whatsapp,reddit,pinterest,yahoo,openai
        anthropic,deepmind,github,gitlab,mozilla,wikipedia,tesla,spacex,ford,toyota,honda,nissan,bmw,volkswagen,audi,mercedes-benz,porsche
        ferrari,volvo,renault,peugeot,fiat,hyundai,boeing,airbus,lufthansa,ryanair,easyjet,nasa,esa,fbi,cia,nsa,kgb,mi5,mi6,nato,eu,un,unicef
        unesco,who,imf,wto,opec,fifa,uefa,nba,nfl,nhl,mlb,espn,bbc,cnn,nbc,abc,cbs,msnbc,fox news,hbo,mtv,npr,reuters,bloomberg,the guardian
        new york times,the new york times,washington post,the washington post,wall street journal,the wall street journal,walmart,target,costco,ikea,nike
        adidas,puma,zara,h&m,gucci,prada,chanel,starbucks,mcdonald's,mcdonalds,burger king,kfc,pizza hut,domino's,subway,coca-cola,pepsi,pepsico
        nestlé,nestle,unilever,danone,heineken,disney,pixar,marvel,warner bros,paramount,universal studios,nintendo,sega,lego,mattel,hasbro
        jpmorgan,goldman sachs,morgan stanley,citibank,hsbc,barclays,deutsche bank,ubs,credit suisse,visa,mastercard,american express
        pwc,kpmg,deloitte,ernst & young,accenture,mckinsey,pfizer,moderna,novartis,roche,bayer,astrazeneca,johnson & johnson,merck,sanofi
        shell,bp,exxon,exxonmobil,chevron,total,gazprom,at&t,verizon,t-mobile,vodafone,comcast,fedex,ups,dhl,mit,ucla,usc,nyu,harvard,stanford,yale
        princeton,caltech,eth zurich,eth,red cross,greenpeace,amnesty international,world bank,european union,european commission,united nations
        house of commons,house of lords,supreme court,white house press office,congress,senate,parliament,real madrid,manchester united,arsenal
        new york yankees,red sox,lakers,la lakers,los angeles lakers,chicago bulls,dallas cowboys,ravens,steelers,yankees,cowboys,patriots
        republican party,democratic party,labour party,conservative party,world health organization,peace corps,salvation army,habitat for humanity
        """
}
