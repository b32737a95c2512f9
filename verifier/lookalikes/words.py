"""Words that institutions, and those who want to be taken for one, put beside a name; all in lower case, no accents."""

# What somebody adds who sells certificates: an institution's own pages stand under its own domain.
CERTIFYING = frozenset(
    """
    award awards badge badges certificate certificates certification certifications certified certs cert credential
    credentials degree degrees diploma diplomas graduate graduates official registrar registry secure transcript
    transcripts validate validation verification verified verify verifier login my get online support portal
    certificado certificados diplomas titulo titulos zertifikat zertifikate certificat certificats
    """.split()
)

# What kind of institution it is. Two names that differ in such a word alone may be two institutions.
SCHOOLS = frozenset(
    """
    academia academie academy akademie campus center centre centro college colegio ecole edu education escuela faculty
    fachhochschule global hochschule institut institute instituto international uni univ universidad universidade
    universita universitas universitat universitatea universite universiteit universitesi universitet universiti
    university uniwersytet us uk usa school schools science sciences system tech technology the of for and at
    organization org inc ltd llc com net
    """.split()
)

WORDS = CERTIFYING | SCHOOLS
