-- Portable between SQLite and PostgreSQL: {text}, {bytes} and {int} are replaced by each dialect's type.
-- Times are microseconds since the Unix epoch; ids come from the application; truth values are 0 and 1.

CREATE TABLE settings (
    name {text} NOT NULL PRIMARY KEY,
    value {bytes} NOT NULL
);

CREATE TABLE users (
    id {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    name_key {text} NOT NULL UNIQUE,
    email {text} NOT NULL,
    is_administrator {int} NOT NULL,
    created_at {int} NOT NULL
);

CREATE TABLE tokens (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    hash {bytes} NOT NULL UNIQUE,
    prefix {text} NOT NULL,
    kind {text} NOT NULL,
    scopes {text} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    last_used_at {int},
    revoked_at {int}
);
CREATE INDEX tokens_by_user ON tokens (user_id, created_at);

CREATE TABLE projects (
    id {int} NOT NULL PRIMARY KEY,
    ecosystem {text} NOT NULL,
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    name_confusable {text} NOT NULL,
    visibility {text} NOT NULL,
    status {text} NOT NULL,
    status_reason {text},
    created_by {int} NOT NULL REFERENCES users (id),
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    revision {int} NOT NULL,
    latest_version {text},
    latest_published_at {int},
    summary {text},
    keywords {text} NOT NULL,
    stored_bytes {int} NOT NULL,
    UNIQUE (ecosystem, name_key)
);
CREATE INDEX projects_by_confusable ON projects (ecosystem, name_confusable);
CREATE INDEX projects_by_creator ON projects (created_by, created_at);
CREATE INDEX projects_by_latest ON projects (visibility, latest_published_at);
CREATE INDEX projects_by_name ON projects (ecosystem, visibility, name_key);

CREATE TABLE project_members (
    project_id {int} NOT NULL REFERENCES projects (id),
    user_id {int} NOT NULL REFERENCES users (id),
    role {text} NOT NULL,
    since {int} NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_members_by_user ON project_members (user_id);

CREATE TABLE releases (
    id {int} NOT NULL PRIMARY KEY,
    project_id {int} NOT NULL REFERENCES projects (id),
    version {text} NOT NULL,
    version_key {text} NOT NULL,
    state {text} NOT NULL,
    state_reason {text},
    state_changed_at {int} NOT NULL,
    previous_state {text},
    deprecation {text},
    published_at {int} NOT NULL,
    received_at {int} NOT NULL,
    origin {text} NOT NULL,
    publisher_id {int} NOT NULL REFERENCES users (id),
    publisher_kind {text} NOT NULL,
    document {bytes} NOT NULL,
    details {bytes} NOT NULL,
    readme_type {text},
    readme {text},
    UNIQUE (project_id, version_key)
);
CREATE INDEX releases_by_project ON releases (project_id, published_at);

CREATE TABLE files (
    id {int} NOT NULL PRIMARY KEY,
    project_id {int} NOT NULL REFERENCES projects (id),
    release_id {int} NOT NULL REFERENCES releases (id),
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    size {int} NOT NULL,
    sha256 {bytes} NOT NULL,
    md5 {bytes} NOT NULL,
    sha1 {bytes} NOT NULL,
    sha512 {bytes} NOT NULL,
    blake2b256 {bytes} NOT NULL,
    kind {text} NOT NULL,
    document {bytes} NOT NULL,
    metadata {bytes},
    metadata_sha256 {bytes},
    published_at {int} NOT NULL,
    received_at {int} NOT NULL,
    origin {text} NOT NULL,
    is_removed {int} NOT NULL,
    UNIQUE (project_id, name_key)
);
CREATE INDEX files_by_release ON files (release_id, published_at);
CREATE INDEX files_by_blob ON files (sha256);

CREATE TABLE dependencies (
    release_id {int} NOT NULL REFERENCES releases (id),
    position {int} NOT NULL,
    project_id {int} NOT NULL REFERENCES projects (id),
    ecosystem {text} NOT NULL,
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    requirement {text} NOT NULL,
    kind {text} NOT NULL,
    is_optional {int} NOT NULL,
    PRIMARY KEY (release_id, position)
);
CREATE INDEX dependencies_by_target ON dependencies (ecosystem, name_key, project_id);

CREATE TABLE tags (
    project_id {int} NOT NULL REFERENCES projects (id),
    tag {text} NOT NULL,
    release_id {int} NOT NULL REFERENCES releases (id),
    PRIMARY KEY (project_id, tag)
);

CREATE TABLE events (
    id {int} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    at {int} NOT NULL,
    project_id {int},
    visibility {text} NOT NULL,
    schema_version {int} NOT NULL,
    body {bytes} NOT NULL
);
CREATE INDEX events_by_project ON events (project_id, at, id);
CREATE INDEX events_by_time ON events (at, id);

CREATE TABLE outbox (
    id {int} NOT NULL PRIMARY KEY,
    topic {text} NOT NULL,
    event_id {int} NOT NULL,
    state {text} NOT NULL,
    attempts {int} NOT NULL,
    available_at {int} NOT NULL,
    last_error {text}
);
CREATE INDEX outbox_by_state ON outbox (state, available_at);

CREATE TABLE downloads (
    file_id {int} NOT NULL,
    day {int} NOT NULL,
    family {text} NOT NULL,
    project_id {int} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (file_id, day, family)
);
CREATE INDEX downloads_by_project ON downloads (project_id, day);

CREATE TABLE blobs (
    sha256 {bytes} NOT NULL PRIMARY KEY,
    size {int} NOT NULL,
    stored_at {int} NOT NULL
);

--sqlite
CREATE VIRTUAL TABLE search_words USING fts5 (
    name, summary, keywords, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE VIRTUAL TABLE search_trigrams USING fts5 (name, tokenize = 'trigram', detail = 'none');
--end
--postgres
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE search_documents (
    project_id bigint NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    words tsvector NOT NULL
);
CREATE INDEX search_documents_words ON search_documents USING gin (words);
CREATE INDEX search_documents_name ON search_documents USING gin (name gin_trgm_ops);
--end
