-- Releases that wait before the world sees them, files of which a release is still being put together, and namespaces.

CREATE TABLE stagings (
    id {int} NOT NULL PRIMARY KEY,
    staging_key {text} NOT NULL UNIQUE,
    ecosystem {text} NOT NULL,
    label {text} NOT NULL,
    state {text} NOT NULL,
    origin {text} NOT NULL,
    needs_second_person {int} NOT NULL,
    created_by {int} NOT NULL REFERENCES users (id),
    created_at {int} NOT NULL,
    changed_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    report {bytes} NOT NULL
);
CREATE INDEX stagings_by_creator ON stagings (created_by, created_at, id);
CREATE INDEX stagings_by_expiry ON stagings (state, expires_at);

-- Set while the release is staged, and cleared when it is released.
ALTER TABLE releases ADD COLUMN staging_id {int};
CREATE INDEX releases_by_staging ON releases (staging_id) WHERE staging_id IS NOT NULL;
CREATE INDEX releases_staged ON releases (project_id, staging_id) WHERE staging_id IS NOT NULL;

-- What was staged and dropped is forgotten row by row, which asks for whatever refers to it.
CREATE INDEX tags_by_release ON tags (release_id);
CREATE INDEX dependencies_by_project ON dependencies (project_id);

-- What a project asks of its publishes; NULL where its namespaces decide.
ALTER TABLE projects ADD COLUMN staging_policy {text};
ALTER TABLE tokens ADD COLUMN always_stages {int} NOT NULL DEFAULT 0;

-- Files of a release that arrive one by one, until the release is complete.
CREATE TABLE deployments (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    principal_kind {text} NOT NULL,
    token_id {int},
    ecosystem {text} NOT NULL,
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    version {text} NOT NULL,
    version_key {text} NOT NULL,
    state {text} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    details {bytes} NOT NULL,
    UNIQUE (user_id, ecosystem, name_key, version_key)
);
CREATE INDEX deployments_by_age ON deployments (state, updated_at);
CREATE TABLE deployment_files (
    deployment_id {int} NOT NULL REFERENCES deployments (id),
    path {text} NOT NULL,
    size {int} NOT NULL,
    sha256 {bytes} NOT NULL,
    md5 {bytes} NOT NULL,
    sha1 {bytes} NOT NULL,
    sha512 {bytes} NOT NULL,
    blake2b256 {bytes} NOT NULL,
    received_at {int} NOT NULL,
    PRIMARY KEY (deployment_id, path)
);
CREATE INDEX deployment_files_by_blob ON deployment_files (sha256);

-- A name is claimed by as many as like; one of them, at most, has it verified or assigned.
CREATE TABLE namespaces (
    id {int} NOT NULL PRIMARY KEY,
    ecosystem {text} NOT NULL,
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    owner_id {int} NOT NULL REFERENCES users (id),
    state {text} NOT NULL,
    challenge {text} NOT NULL,
    method {text},
    target {text},
    dnssec {text},
    staging_policy {text},
    created_at {int} NOT NULL,
    verified_at {int},
    checked_at {int},
    next_check_at {int},
    failing_since {int},
    last_error {text},
    UNIQUE (ecosystem, name_key, owner_id)
);
CREATE INDEX namespaces_by_owner ON namespaces (owner_id, created_at, id);
CREATE INDEX namespaces_by_check ON namespaces (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE TABLE namespace_members (
    namespace_id {int} NOT NULL REFERENCES namespaces (id),
    user_id {int} NOT NULL REFERENCES users (id),
    role {text} NOT NULL,
    since {int} NOT NULL,
    PRIMARY KEY (namespace_id, user_id)
);
CREATE INDEX namespace_members_by_user ON namespace_members (user_id);
CREATE TABLE namespace_offers (
    namespace_id {int} NOT NULL PRIMARY KEY REFERENCES namespaces (id),
    from_id {int} NOT NULL REFERENCES users (id),
    to_id {int} NOT NULL REFERENCES users (id),
    offered_at {int} NOT NULL,
    expires_at {int} NOT NULL
);
CREATE INDEX namespace_offers_by_receiver ON namespace_offers (to_id);

-- The source repositories that a project names, and which of them it is held to.
CREATE TABLE project_repositories (
    project_id {int} NOT NULL REFERENCES projects (id),
    url_key {text} NOT NULL,
    url {text} NOT NULL,
    state {text} NOT NULL,
    host {text},
    repository_id {text},
    noted_at {int} NOT NULL,
    checked_at {int},
    PRIMARY KEY (project_id, url_key)
);
CREATE INDEX project_repositories_by_url ON project_repositories (url_key, project_id);

-- Public keys with which publishers sign what they publish.
CREATE TABLE signing_keys (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    kind {text} NOT NULL,
    fingerprint {text} NOT NULL,
    body {bytes} NOT NULL,
    created_at {int} NOT NULL,
    revoked_at {int},
    UNIQUE (user_id, kind, fingerprint)
);
