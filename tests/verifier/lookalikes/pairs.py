"""Pairs of issuers: honest ones that are merely alike, and ones of which the second wants to be taken for the first.

(known domain, known name, other domain or None for a bare key, other name). Institutions stand here for their names
alone; the look-alikes are invented.
"""

Pair = tuple[str, str, str | None, str]

HONEST: tuple[Pair, ...] = (
    # short names are alike
    ("mit.edu", "Massachusetts Institute of Technology", "rit.edu", "Rochester Institute of Technology"),
    ("mit.edu", "Massachusetts Institute of Technology", "kit.edu", "Karlsruhe Institute of Technology"),
    ("mit.edu", "Massachusetts Institute of Technology", "nit.ac.jp", "Nippon Institute of Technology"),
    ("mit.edu", "Massachusetts Institute of Technology", "mit.ac.in", "Madras Institute of Technology"),
    ("mit.edu", "Massachusetts Institute of Technology", "mituniversity.edu.in", "MIT World Peace University"),
    ("ucla.edu", "University of California, Los Angeles", "uclan.ac.uk", "University of Central Lancashire"),
    ("usc.edu", "University of Southern California", "usc.edu.au", "University of the Sunshine Coast"),
    ("usc.edu", "University of Southern California", "usc.es", "Universidade de Santiago de Compostela"),
    ("uts.edu.au", "University of Technology Sydney", "uts.edu", "Union Theological Seminary"),
    ("aub.edu.lb", "American University of Beirut", "aub.ac.uk", "Arts University Bournemouth"),
    ("unc.edu", "University of North Carolina", "unc.edu.ar", "Universidad Nacional de Córdoba"),
    ("ntu.edu.sg", "Nanyang Technological University", "ntu.edu.tw", "National Taiwan University"),
    ("ntu.edu.sg", "Nanyang Technological University", "ntu.ac.uk", "Nottingham Trent University"),
    ("ucl.ac.uk", "University College London", "ucl.dk", "UCL Erhvervsakademi og Professionshøjskole"),
    ("eth.ch", "ETH Zürich", "epfl.ch", "EPFL"),
    ("iit.edu", "Illinois Institute of Technology", "lit.ie", "Limerick Institute of Technology"),
    ("ucem.edu.mx", "Universidad del Centro de México", "uc3m.es", "Universidad Carlos III de Madrid"),
    ("unipdu.ac.id", "Universitas Pesantren Darul Ulum Jombang", "unipd.it", "Università di Padova"),
    ("uni-klu.ac.at", "Universität Klagenfurt", "uni-kl.de", "Universität Kaiserslautern"),
    ("univ-ab.pt", "Universidade Aberta", "univcb.ro", "Universitatea Constantin Brâncoveanu"),
    ("uw.edu", "University of Washington", "uvv.br", "Universidade Vila Velha"),
    ("ucl.ac.uk", "University College London", "ud.ac.ae", "University of Dubai"),
    ("yale.edu", "Yale University", "kale.edu", "Kale Institute"),
    ("duke.edu", "Duke University", "luke.edu", "St. Luke College"),
    ("rice.edu", "Rice University", "price.edu", "Price College"),
    ("bath.ac.uk", "University of Bath", "bth.se", "Blekinge Tekniska Högskola"),
    ("kent.ac.uk", "University of Kent", "kent.edu", "Kent State University"),
    ("york.ac.uk", "University of York", "yorku.ca", "York University"),
    ("york.ac.uk", "University of York", "yorksj.ac.uk", "York St John University"),
    ("york.ac.uk", "University of York", "newyorkuniversity.example", "New York Language School"),
    ("ox.ac.uk", "University of Oxford", "cam.ac.uk", "University of Cambridge"),
    ("brown.edu", "Brown University", "crown.edu", "The Crown College"),
    ("emory.edu", "Emory University", "emery.edu", "Emery College"),
    ("essex.ac.uk", "University of Essex", "sussex.ac.uk", "University of Sussex"),
    # names of one country, one language
    ("hnu.edu.cn", "Hunan University", "henu.edu.cn", "Henan University"),
    ("hbu.edu.cn", "Hebei University", "hubu.edu.cn", "Hubei University"),
    ("sxu.edu.cn", "Shanxi University", "snnu.edu.cn", "Shaanxi University"),
    ("hanyang.ac.kr", "Hanyang University", "nanyang.edu.cn", "Nanyang University"),
    ("bu.edu", "Boston University", "bolton.ac.uk", "Bolton University"),
    ("bu.edu", "Boston University", "bc.edu", "Boston College"),
    ("miamioh.edu", "Miami University", "miami.edu", "University of Miami"),
    ("columbia.edu", "Columbia University", "unal.edu.co", "Universidad Nacional de Colombia"),
    ("columbia.edu", "Columbia University", "colum.edu", "Columbia College Chicago"),
    ("stanford.edu", "Stanford University", "stamford.edu.bd", "Stamford University"),
    ("iu.edu", "Indiana University", "iup.edu", "Indiana University of Pennsylvania"),
    ("northeastern.edu", "Northeastern University", "northwestern.edu", "Northwestern University"),
    ("concordia.ca", "Concordia University", "cord.edu", "Concordia College"),
    ("ucc.ie", "University College Cork", "ucd.ie", "University College Dublin"),
    ("umich.edu", "University of Michigan", "msu.edu", "Michigan State University"),
    ("umich.edu", "University of Michigan", "umflint.edu", "University of Michigan-Flint"),
    ("upenn.edu", "University of Pennsylvania", "psu.edu", "Pennsylvania State University"),
    ("uniba.it", "Università degli Studi di Bari", "unibo.it", "Università degli Studi di Bologna"),
    ("unibe.ch", "Universität Bern", "uni-bonn.de", "Universität Bonn"),
    ("uni-mainz.de", "Universität Mainz", "uni-mannheim.de", "Universität Mannheim"),
    ("tum.de", "Technische Universität München", "tuc.de", "Technische Universität Chemnitz"),
    ("uam.es", "Universidad Autónoma de Madrid", "uab.cat", "Universitat Autònoma de Barcelona"),
    ("usp.br", "Universidade de São Paulo", "unifesp.br", "Universidade Federal de São Paulo"),
    ("unam.mx", "Universidad Nacional Autónoma de México", "uanl.mx", "Universidad Autónoma de Nuevo León"),
    ("um.edu.my", "Universiti Malaya", "usm.my", "Universiti Sains Malaysia"),
    ("msu.ru", "Московский государственный университет", "spbu.ru", "Санкт-Петербургский государственный университет"),
    ("tsinghua.edu.cn", "清华大学", "pku.edu.cn", "北京大学"),
    ("cu.edu.eg", "جامعة القاهرة", "alexu.edu.eg", "جامعة الإسكندرية"),
    # providers of courses
    ("coursera.org", "Coursera", "edx.org", "edX"),
    ("udemy.com", "Udemy", "udacity.com", "Udacity"),
    ("openuniversity.edu", "The Open University", "ou.nl", "Open Universiteit"),
    ("example-academy.org", "Example Academy", "sample-academy.org", "Sample Academy"),
    ("academy.example", "Academy of Arts", "academy-online.example", "Academy of Crafts"),
    ("school1.example", "School One", "school2.example", "School Two"),
    # the same owner
    ("harvard.edu", "Harvard University", "credentials.harvard.edu", "Harvard University"),
    ("credentials.harvard.edu", "Harvard University", "harvard.edu", "Harvard Extension School"),
    ("ox.ac.uk", "University of Oxford", "awards.conted.ox.ac.uk", "University of Oxford"),
    # hosted with somebody else, under a name of one's own
    ("instructure.com", "Instructure", "harvard.instructure.com", "A course platform"),
    ("red.github.io", "Red School", "blue.github.io", "Blue School"),
    # bare keys with other names
    ("harvard.edu", "Harvard University", None, "Howard University"),
    ("brown.edu", "Brown University", None, "Example Academy"),
    ("hallmark.example", "Hallmark University", None, "Wallmark University"),
)

LOOKALIKES: tuple[Pair, ...] = (
    # letters of other scripts, and ones that look like two
    ("harvard.edu", "Harvard University", "xn--hrvrd-4vec.example", "A school"),  # h<cyrillic a>rv<cyrillic a>rd
    ("apple.example", "Apple Academy", "xn--80ak6aa92e.example", "A school"),
    ("mit.edu", "Massachusetts Institute of Technology", "rnit.example", "A school"),
    ("waseda.jp", "Waseda University", "vvaseda.example", "A school"),
    ("tsinghua.edu.cn", "Tsinghua University", "xn--singhua-5jg.example", "A school"),  # with a cyrillic t
    ("munchen.example", "Munich Academy", "xn--mnchen-3ya.example", "A school"),  # with an umlaut
    ("harvard.edu", "Harvard University", "xn--hrvard-3nf.edu", "A school"),  # under a vetted ending too
    # digits for letters
    ("example-academy.org", "Example Academy", "examp1e-academy.org", "A school"),
    ("stanford.edu", "Stanford University", "stanf0rd.example", "A school"),
    ("mit.edu", "Massachusetts Institute of Technology", "m1t.example", "A school"),
    ("yale.edu", "Yale University", "ya1e.com", "A school"),
    ("princeton.edu", "Princeton University", "pr1nc3ton.com", "A school"),
    # one letter
    ("harvard.edu", "Harvard University", "havard.com", "A school"),
    ("harvard.edu", "Harvard University", "harvvard.org", "A school"),
    ("stanford.edu", "Stanford University", "standford.org", "A school"),
    ("coursera.org", "Coursera", "corusera.org", "A school"),
    ("coursera.org", "Coursera", "coursara.org", "A school"),
    ("princeton.edu", "Princeton University", "princetom.net", "A school"),
    # hyphens
    ("harvard.edu", "Harvard University", "har-vard.com", "A school"),
    ("example-academy.org", "Example Academy", "exampleacademy.org", "A school"),
    # another ending
    ("harvard.edu", "Harvard University", "harvard.com", "A school"),
    ("example-academy.org", "Example Academy", "example-academy.com", "A school"),
    ("cam.ac.uk", "University of Cambridge", "cam-ac-uk.example", "A school"),
    ("stanford.edu", "Stanford University", "stanfordedu.com", "A school"),
    # words added
    ("harvard.example", "Harvard", "harvard-university-certificates.example", "A school"),
    ("harvard.edu", "Harvard University", "my-harvard-online.com", "A school"),
    ("mit.edu", "Massachusetts Institute of Technology", "mit-certificates.org", "A school"),
    ("mit.edu", "Massachusetts Institute of Technology", "verifymit.com", "A school"),
    ("yale.edu", "Yale University", "yale-diplomas.com", "A school"),
    ("coursera.org", "Coursera", "coursera-verify.com", "A school"),
    ("oxford.example", "University of Oxford", "oxforduniversitydegrees.com", "A school"),
    # the whole in front
    ("harvard.edu", "Harvard University", "harvard.edu.certificates.example", "A school"),
    ("mit.edu", "Massachusetts Institute of Technology", "mit.edu.example", "A school"),
    # names
    ("harvard.edu", "Harvard University", "diplomas.example", "Harvard University"),
    ("harvard.edu", "Harvard University", None, "Harvard University"),
    ("harvard.edu", "Harvard University", None, "HARVARD  UNIVERSITY"),
    ("harvard.edu", "Harvard University", None, "The Harvard University"),
    ("harvard.edu", "Harvard University", None, "H\u0430rv\u0430rd University"),
    ("harvard.edu", "Harvard University", None, "Harvard\u200b University"),
    ("harvard.edu", "Harvard University", None, "Harv\u202eard University"),
    ("harvard.edu", "Harvard University", "school.edu", "Harv\u202eard University"),
    ("harvard.edu", "Harvard University", None, "Havrard University"),
    ("harvard.edu", "Harvard University", None, "Harvard Universtiy"),
    ("harvard.edu", "Harvard University", None, "Harvard Univer5ity"),
    ("harvard.edu", "Harvard University", None, "HarvardUniversity"),
    ("princeton.edu", "Princeton University", None, "Princetown University"),
    ("stanford.edu", "Stanford University", None, "Standford University"),
    ("iis.example", "International Institute of Science", None, "lnternational lnstitute of Science"),
    ("uc.example", "Universidad de Córdoba", None, "Universidad de Cordoba"),
    ("uni.example", "Université de Montréal", None, "UNIVERSITE DE MONTREAL"),
)
