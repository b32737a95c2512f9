"""Bulk runs: a hundred thousand certificates that nobody has to watch, and that survive whatever happens meanwhile.

A run is a wish that stands in our own tables: which certificates, for whom, asked for by whom, and whether it is to go
on. It is divided into chunks of some hundred certificates; each is one workflow of the durable engine (DBOS), which
keeps in its own tables who has taken which and gives them out to the workers of this machine or of many.

    asking      starts, pauses, resumes and cancels a run
    planning    divides it into chunks
    working     issues one chunk, and writes down what became of it
    feeding     hands open chunks to the engine, leg by leg; finishes, wakes and mends runs
    standing    how far it is, how quick, and the honest count at the end
    engine      the only place that knows DBOS; imported when a worker starts, and never before
    presence    which workers are alive
    worker      one process that works until it is told to end

Issuing a chunk again issues nothing twice and finishes what was left (`issuer.issuance`), and counts are read from what
was issued. So a chunk may be given out again whenever nobody knows what became of it, and the engine's tables may even
be lost: what is open is handed to it anew. The inputs of workflows are our numbers, never a learner's data.

    number = asking.start(database, caller, Wanted(cohort=7), now=now)      # it is done by: issuer worker
"""
