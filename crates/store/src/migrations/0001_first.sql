-- Only TEXT and BIGINT, so that the same statements run on every database. Times are milliseconds since the epoch,
-- bodies are JSON, yes and no are 1 and 0, "none" is the empty text or 0: no column is ever NULL.

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    unlimited BIGINT NOT NULL,
    balance BIGINT NOT NULL CHECK (balance >= 0),
    held BIGINT NOT NULL CHECK (held >= 0),
    created_at BIGINT NOT NULL
);

-- The key is kind:job, so no job can be held, settled or released twice.
CREATE TABLE ledger (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    job TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX ledger_by_account ON ledger (account, at);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    account TEXT NOT NULL,
    language TEXT NOT NULL,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account, used_at);
CREATE INDEX session_by_expiry ON session (expires_at) WHERE expires_at > 0;

CREATE TABLE draft (
    session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    rev BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (session, rev)
);

-- attempt only ever grows and fences every write of a worker; returned counts the attempts that were given back unused.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    session TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    worker TEXT NOT NULL,
    cancel BIGINT NOT NULL,
    progress BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    held BIGINT NOT NULL,
    payload TEXT NOT NULL,
    result TEXT NOT NULL,
    events BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX job_open ON job (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_by_session ON job (session, created_at);

CREATE TABLE job_event (
    job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (job, seq)
);

CREATE TABLE front_session (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    skill TEXT NOT NULL,
    backend TEXT NOT NULL,
    sid TEXT NOT NULL,
    task_id TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX front_session_by_client ON front_session (client, used_at);

-- owner follows the work until lease_until; after that another process may adopt it.
CREATE TABLE work (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX work_by_session ON work (session, created_at);
CREATE INDEX work_running ON work (lease_until) WHERE status = 'running';

CREATE TABLE request (
    client TEXT NOT NULL,
    tool TEXT NOT NULL,
    request_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    work TEXT NOT NULL,
    answered BIGINT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (client, tool, request_id)
);
CREATE INDEX request_by_age ON request (at);
