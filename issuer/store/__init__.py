"""All SQL of the issuer, and the migrations of its database.

`database` opens it; one module per subject holds its statements as functions of a transaction:

    with database.write() as tx:
        facts.append(tx, imported)
"""
