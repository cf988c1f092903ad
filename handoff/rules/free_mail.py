"""Domains that give mailboxes to anybody, for free or with a private line, and throw-away ones."""

_BY_PROVIDER = """
gmail.com googlemail.com
outlook.com outlook.at outlook.be outlook.cl outlook.co.id outlook.co.nz outlook.co.th
outlook.com.ar outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn
outlook.cz
outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in outlook.it outlook.jp
outlook.kr
outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg outlook.sk
hotmail.com hotmail.ca hotmail.ch hotmail.co.id hotmail.co.il hotmail.co.jp hotmail.co.nz
hotmail.co.th hotmail.co.uk hotmail.co.za hotmail.com.ar hotmail.com.au hotmail.com.br
hotmail.com.hk hotmail.com.tr hotmail.com.tw hotmail.com.vn hotmail.cz hotmail.de hotmail.dk
hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.hu hotmail.it hotmail.lt hotmail.lv hotmail.my
hotmail.nl hotmail.no hotmail.ph hotmail.rs hotmail.se hotmail.sg hotmail.sk hotmail.be
live.com live.at live.be live.ca live.cl live.cn live.co.kr live.co.uk live.co.za live.com.ar
live.com.au live.com.mx live.com.my live.com.ph live.com.pt live.com.sg live.de live.dk live.fi
live.fr live.hk live.ie live.in live.it live.jp live.nl live.no live.ph live.ru live.se
msn.com passport.com windowslive.com
yahoo.com yahoo.at yahoo.be yahoo.bg yahoo.ca yahoo.cl yahoo.cn yahoo.co.id yahoo.co.il
yahoo.co.in
yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar yahoo.com.au
yahoo.com.br yahoo.com.cn yahoo.com.co yahoo.com.hk yahoo.com.mx yahoo.com.my yahoo.com.pe
yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.ve yahoo.com.vn yahoo.cz yahoo.de
yahoo.dk yahoo.ee yahoo.es yahoo.fi yahoo.fr yahoo.gr yahoo.hr yahoo.hu yahoo.ie yahoo.in yahoo.it
yahoo.lt yahoo.lv yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se yahoo.si yahoo.sk
ymail.com rocketmail.com myyahoo.com
aol.com aol.co.uk aol.de aol.fr aol.it aim.com
icloud.com me.com mac.com
proton.me protonmail.com protonmail.ch pm.me
tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me
zoho.com zohomail.com zohomail.eu zohomail.in
fastmail.com fastmail.fm hushmail.com hush.com mailfence.com posteo.de posteo.net mailbox.org
disroot.org riseup.net runbox.com startmail.com hey.com duck.com
gmx.com gmx.net gmx.de gmx.at gmx.ch gmx.fr gmx.es gmx.us gmx.co.uk gmx.eu gmx.info
web.de freenet.de t-online.de arcor.de online.de 1und1.de kabelmail.de vodafone.de email.de
bluewin.ch hispeed.ch sunrise.ch aon.at chello.at a1.net
orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr numericable.fr bbox.fr voila.fr
aliceadsl.fr
libero.it virgilio.it alice.it tim.it tin.it tiscali.it inwind.it iol.it email.it fastwebnet.it
telefonica.net terra.es ono.com
sapo.pt mail.pt iol.pt clix.pt
ziggo.nl kpnmail.nl planet.nl hetnet.nl home.nl xs4all.nl telfort.nl casema.nl upcmail.nl
telenet.be skynet.be proximus.be scarlet.be
btinternet.com btopenworld.com sky.com talktalk.net tiscali.co.uk virginmedia.com virgin.net
ntlworld.com blueyonder.co.uk plusnet.com plus.com eircom.net o2.co.uk
telia.com comhem.se bredband.net spray.se tele2.se passagen.se
online.no broadpark.no getmail.no
tdcadsl.dk stofanet.dk mail.dk jubii.dk
luukku.com kolumbus.fi suomi24.fi pp.inet.fi
wp.pl o2.pl onet.pl onet.eu interia.pl interia.eu poczta.onet.pl op.pl vp.pl tlen.pl gazeta.pl
seznam.cz email.cz centrum.cz atlas.cz post.cz volny.cz azet.sk centrum.sk zoznam.sk
freemail.hu citromail.hu t-online.hu indamail.hu abv.bg mail.bg dir.bg
mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru lenta.ru ro.ru
yandex.ru yandex.com yandex.ua yandex.by yandex.kz ya.ru ukr.net i.ua meta.ua bigmir.net
inbox.lv inbox.lt one.lv mail.ee otenet.gr forthnet.gr in.gr mynet.com
walla.com walla.co.il 012.net.il bezeqint.net netvision.net.il zahav.net.il
qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com
tom.com 21cn.com wo.cn 263.net
naver.com daum.net hanmail.net nate.com kakao.com
docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com excite.co.jp
rediffmail.com sify.com indiatimes.com
pchome.com.tw hinet.net netvigator.com singnet.com.sg
bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au internode.on.net xtra.co.nz
webmail.co.za mweb.co.za telkomsa.net vodamail.co.za
comcast.net verizon.net att.net sbcglobal.net bellsouth.net charter.net cox.net earthlink.net
juno.com netzero.net optonline.net roadrunner.com frontier.com frontiernet.net windstream.net
centurylink.net embarqmail.com mindspring.com prodigy.net ameritech.net pacbell.net swbell.net
snet.net suddenlink.net q.com wowway.com rr.com
rogers.com shaw.ca sympatico.ca bell.net telus.net videotron.ca cogeco.ca eastlink.ca
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com oi.com.br r7.com
zipmail.com.br
prodigy.net.mx terra.com.mx fibertel.com.ar speedy.com.ar ciudad.com.ar arnet.com.ar
mail.com email.com usa.com post.com consultant.com engineer.com europe.com asia.com dr.com
myself.com techie.com writeme.com iname.com inbox.com lycos.com excite.com juno.com care2.com
rediff.com bigstring.com gmx.li mail2world.com caramail.com
mailinator.com guerrillamail.com guerrillamail.net sharklasers.com 10minutemail.com temp-mail.org
tempmail.com yopmail.com yopmail.fr trashmail.com trashmail.de throwawaymail.com dispostable.com
getnada.com maildrop.cc mintemail.com mohmal.com discard.email fakeinbox.com spamgourmet.com
"""

FREE_MAIL: frozenset[str] = frozenset(_BY_PROVIDER.split())
