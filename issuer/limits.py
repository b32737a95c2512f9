"""Every limit of the issuer: its value, its unit, and why it is what it is. `config.json` may set other values."""

from dataclasses import dataclass

from vc.status.bitstring import ENTRIES


@dataclass(frozen=True)
class Limit:
    value: int
    unit: str
    reason: str


@dataclass(frozen=True)
class Limits:
    """Overridden in `config.json` under `limits`, by name."""

    import_size: Limit = Limit(20_000_000, "bytes", "a file of completions is read whole; 100,000 rows fit")
    problems_listed: Limit = Limit(
        1_000, "problems", "an answer names that many and counts the rest; nobody reads more"
    )
    history_page: Limit = Limit(500, "facts", "the most of a learner's history in one answer; there is a next page")
    webhook_tolerance: Limit = Limit(300, "seconds", "Standard Webhooks: how far a message's clock may be from ours")
    webhook_name_length: Limit = Limit(100, "characters", "it fits a row of `issuer webhooks list`")
    reason_length: Limit = Limit(500, "characters", "a reason is printed on the certificate's page and in statements")
    grace_period: Limit = Limit(30, "days", "time to put the evidence of an award right before it is revoked")
    name_length: Limit = Limit(200, "characters", "the longest name that the certificate's composition was tried with")
    status_list_length: Limit = Limit(ENTRIES, "entries", "Bitstring Status List 1.0: the least, for herd privacy")
    status_list_filled: Limit = Limit(65_536, "entries", "half full: a random free index is found in two draws")
    status_list_validity: Limit = Limit(86_400, "seconds", "how long a verifier may rely on a list while we are down")
    status_list_max_age: Limit = Limit(0, "seconds", "how long a cache may hide a revocation; a CDN may be given more")
    status_lists_kept: Limit = Limit(1_000, "lists", "signed, in memory, at most 25 KB each: those of 65 million")
    document_max_age: Limit = Limit(300, "seconds", "how long a cache may hide a new key in a DID document")
    busy_timeout: Limit = Limit(10_000, "milliseconds", "how long a writer waits for another before it says so")
    database_connections: Limit = Limit(20, "connections", "of one process to PostgreSQL, which has 100 by default")
    database_connect_timeout: Limit = Limit(10, "seconds", "a server that is there answers in one")
    statement_timeout: Limit = Limit(300_000, "milliseconds", "longer than any of ours takes: what hangs is given up")
    writer_idle: Limit = Limit(60_000, "milliseconds", "a writer that is silent so long is dead; the others go on")
    request_size: Limit = Limit(1_000_000, "bytes", "a record of dozens of signed credentials fits into a request")
    identifier_length: Limit = Limit(2_000, "characters", "an id is a URL that others open; longer ones are cut off")
    idempotency_key_length: Limit = Limit(255, "characters", "it names one request; a UUID has 36")
    idempotency_patience: Limit = Limit(
        600, "seconds", "a request that is done for longer was given up by who did it: its machine is gone"
    )
    api_key_name_length: Limit = Limit(100, "characters", "it fits a row of `issuer api-keys list`")
    issues_per_hour: Limit = Limit(
        500, "program certificates", "of an organization: a mistake is seen before it is in a thousand mailboxes"
    )
    cohort_name_length: Limit = Limit(100, "characters", "it fits a row of `issuer cohorts list`")
    cohort_learners: Limit = Limit(100_000, "learner ids", "in one list; every learner of a large program fits")
    cohort_batch: Limit = Limit(500, "rows", "of a cohort are in memory at once, and are written in one transaction")
    issued_at_once: Limit = Limit(
        500, "certificates", "are recorded in one transaction: others who write wait a fraction of a second"
    )
    cohort_issued_per_request: Limit = Limit(500, "rows", "a request is answered before whoever waits gives up")
    rendered_kept: Limit = Limit(64, "documents", "PDFs and pictures kept in memory: drawing one takes a while")
    drawn_at_once: Limit = Limit(2, "documents", "drawing fills a processor; the others are for those who sign")
    drawing_waits: Limit = Limit(4, "requests", "each holds one of the server's forty threads while it waits")
    drawing_patience: Limit = Limit(3, "seconds", "a PDF takes a tenth of that; whoever waits longer is better told")
    strangers_at_once: Limit = Limit(24, "requests", "without a key; of forty threads sixteen stay for those with one")
    mail_attempts: Limit = Limit(12, "attempts", "with their growing waits they last three days; then somebody looks")
    mail_first_wait: Limit = Limit(60, "seconds", "greylisting servers want to see a second attempt after a minute")
    mail_longest_wait: Limit = Limit(43_200, "seconds", "twice a day is often enough for a server that is down")
    mail_lease: Limit = Limit(600, "seconds", "a sender that died holds its messages back no longer than this")
    mail_timeout: Limit = Limit(30, "seconds", "how long a mail server may take for one answer")
    mail_batch: Limit = Limit(20, "messages", "taken at once: each is sent well before the lease of the last ends")
    mail_pace: Limit = Limit(5, "seconds", "between two batches of the server: at most four messages a second")
    next_sessions: Limit = Limit(3, "sessions", "as many of a course as a learner wants to compare")
    links_listed: Limit = Limit(100, "links", "of one learner and program; nobody needs more than a few")
    bulk_chunk: Limit = Limit(
        500, "certificates", "of a bulk run go through the journey together; a killed one costs a second"
    )
    bulk_leg: Limit = Limit(
        64, "chunks", "are handed to the engine at once: a pause finds no more than these in its queue"
    )
    bulk_ahead: Limit = Limit(16, "chunks", "are left of a leg when the next begins, so that no worker waits for it")
    bulk_latest: Limit = Limit(20, "chunks", "done last tell the rate: it follows changes and does not jump")
    bulk_tries: Limit = Limit(
        4, "tries", "of a chunk that finds the database busy, a second and then twice as long apart"
    )
    worker_seen: Limit = Limit(5, "seconds", "between two signs of life of a worker")
    worker_lease: Limit = Limit(30, "seconds", "six signs of life missed: it is dead, and its chunks are taken over")
    worker_end: Limit = Limit(60, "seconds", "that a worker which is told to end has for the chunk that it is at")
    page_size: Limit = Limit(200, "rows", "one answer of a list; `after` leads on")

    def __post_init__(self) -> None:
        """Raises `ValueError` for values that contradict each other or a specification."""
        length, filled = self.status_list_length.value, self.status_list_filled.value
        if length < ENTRIES or length % 8:
            raise ValueError(f"status_list_length is at least {ENTRIES}, in whole bytes, and not {length}")
        if not 0 <= self.status_list_max_age.value <= self.status_list_validity.value // 4:
            raise ValueError(
                "status_list_max_age is at most a quarter of status_list_validity: a list must not end there"
            )
        if self.issues_per_hour.value < 1:
            raise ValueError("issues_per_hour is at least 1: who may issue none without a second approval issues none")
        if not 0 < filled <= length * 3 // 4:
            raise ValueError(f"status_list_filled is at most three quarters of the list, and not {filled}")
