-- People: addresses, factors, sessions, organizations, teams, trusted publishers, and what protects them.

-- 'active', 'suspended' (an administrator stopped it) or 'deleted' (the name stays taken).
ALTER TABLE users ADD COLUMN state {text} NOT NULL DEFAULT 'active';
ALTER TABLE users ADD COLUMN is_moderator {int} NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN is_auditor {int} NOT NULL DEFAULT 0;
-- NULL where the account has no password: signed in by passkey or single sign-on, or made on the command line.
ALTER TABLE users ADD COLUMN password_hash {text};
ALTER TABLE users ADD COLUMN password_changed_at {int};
-- Set when the password is known to have leaked; the next sign-in asks for another.
ALTER TABLE users ADD COLUMN must_change_password {int} NOT NULL DEFAULT 0;
-- The user handle of WebAuthn: random, so that it says nothing about the account.
ALTER TABLE users ADD COLUMN webauthn_handle {bytes};
CREATE INDEX users_administrators ON users (is_administrator) WHERE is_administrator = 1;

-- An address is anybody's to claim and one account's to hold.
CREATE TABLE user_emails (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    address {text} NOT NULL,
    address_key {text} NOT NULL,
    domain {text} NOT NULL,
    is_primary {int} NOT NULL,
    created_at {int} NOT NULL,
    verified_at {int},
    UNIQUE (user_id, address_key)
);
CREATE UNIQUE INDEX user_emails_verified ON user_emails (address_key) WHERE verified_at IS NOT NULL;
CREATE INDEX user_emails_by_domain ON user_emails (domain, verified_at);

-- The domains of addresses, and whether somebody still keeps them.
CREATE TABLE email_domains (
    domain {text} NOT NULL PRIMARY KEY,
    state {text} NOT NULL,
    registered_at {int},
    registrar {text},
    created_at {int} NOT NULL,
    checked_at {int},
    next_check_at {int} NOT NULL,
    failing_since {int},
    last_error {text}
);
CREATE INDEX email_domains_by_check ON email_domains (next_check_at, domain);
CREATE INDEX email_domains_by_state ON email_domains (state, domain);

-- Single-use links: confirmations, resets, invitations to sign up, the first administrator.
CREATE TABLE account_links (
    id {int} NOT NULL PRIMARY KEY,
    hash {bytes} NOT NULL UNIQUE,
    purpose {text} NOT NULL,
    user_id {int} REFERENCES users (id),
    subject {text} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    used_at {int}
);
CREATE INDEX account_links_by_user ON account_links (user_id, purpose);
CREATE INDEX account_links_by_subject ON account_links (subject, purpose);
CREATE INDEX account_links_by_expiry ON account_links (expires_at);

CREATE TABLE totp_factors (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    name {text} NOT NULL,
    sealed_seed {bytes} NOT NULL,
    created_at {int} NOT NULL,
    confirmed_at {int},
    last_step {int} NOT NULL,
    last_used_at {int}
);
CREATE INDEX totp_factors_by_user ON totp_factors (user_id);

CREATE TABLE webauthn_credentials (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    name {text} NOT NULL,
    credential_id {bytes} NOT NULL UNIQUE,
    public_key {bytes} NOT NULL,
    algorithm {int} NOT NULL,
    sign_count {int} NOT NULL,
    is_discoverable {int} NOT NULL,
    is_backup_eligible {int} NOT NULL,
    is_backed_up {int} NOT NULL,
    aaguid {bytes} NOT NULL,
    transports {text} NOT NULL,
    created_at {int} NOT NULL,
    last_used_at {int}
);
CREATE INDEX webauthn_credentials_by_user ON webauthn_credentials (user_id);
-- Challenges that were answered: each is answered once. One that was only handed out is not written down.
CREATE TABLE webauthn_challenges (
    hash {bytes} NOT NULL PRIMARY KEY,
    expires_at {int} NOT NULL
);
CREATE INDEX webauthn_challenges_by_expiry ON webauthn_challenges (expires_at);

CREATE TABLE recovery_codes (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    hash {bytes} NOT NULL UNIQUE,
    created_at {int} NOT NULL,
    used_at {int}
);
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

-- Recovery of accounts whose factors are lost: asked for, approved by two, and open after a wait.
CREATE TABLE recoveries (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    state {text} NOT NULL,
    reason {text} NOT NULL,
    created_at {int} NOT NULL,
    approver_id {int} REFERENCES users (id),
    approved_at {int},
    approved_via {text},
    second_approver_id {int} REFERENCES users (id),
    second_approved_at {int},
    second_approved_via {text},
    opens_at {int},
    closes_at {int} NOT NULL,
    ended_at {int}
);
CREATE INDEX recoveries_by_user ON recoveries (user_id, created_at);
CREATE INDEX recoveries_by_state ON recoveries (state, closes_at);

-- Sign-ins of the pages. A session whose factors are still asked for is 'pending'.
CREATE TABLE sessions (
    id {int} NOT NULL PRIMARY KEY,
    hash {bytes} NOT NULL UNIQUE,
    user_id {int} NOT NULL REFERENCES users (id),
    state {text} NOT NULL,
    factors {text} NOT NULL,
    form_key {bytes} NOT NULL,
    network {text} NOT NULL,
    agent {text} NOT NULL,
    created_at {int} NOT NULL,
    authenticated_at {int} NOT NULL,
    last_seen_at {int} NOT NULL,
    expires_at {int} NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_use ON sessions (last_seen_at);

-- Browsers from which an account has signed in, so that a new one is worth a notice.
CREATE TABLE known_devices (
    user_id {int} NOT NULL REFERENCES users (id),
    hash {bytes} NOT NULL,
    first_seen_at {int} NOT NULL,
    last_seen_at {int} NOT NULL,
    PRIMARY KEY (user_id, hash)
);

-- How often something was tried without success: by account, by network, overall.
CREATE TABLE attempt_counters (
    scope {text} NOT NULL,
    subject {bytes} NOT NULL,
    count {int} NOT NULL,
    last_at {int} NOT NULL,
    PRIMARY KEY (scope, subject)
);
CREATE INDEX attempt_counters_by_age ON attempt_counters (last_at);

-- What happened to an account, for its owner; personal, so it is no event.
CREATE TABLE account_history (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int} NOT NULL REFERENCES users (id),
    kind {text} NOT NULL,
    at {int} NOT NULL,
    network {text} NOT NULL,
    agent {text} NOT NULL,
    details {bytes} NOT NULL
);
CREATE INDEX account_history_by_user ON account_history (user_id, at, id);

-- Mail that has not been handed over yet.
CREATE TABLE mails (
    id {int} NOT NULL PRIMARY KEY,
    user_id {int},
    recipient {text} NOT NULL,
    kind {text} NOT NULL,
    -- Subject and text, sealed: links in them let their holder in. Empty once the message will not be sent any more.
    sealed_content {bytes} NOT NULL,
    -- 'waiting', 'sending' (until available_at), 'refused' or 'abandoned' (tried for too long).
    state {text} NOT NULL,
    attempts {int} NOT NULL,
    created_at {int} NOT NULL,
    available_at {int} NOT NULL,
    last_error {text}
);
CREATE INDEX mails_by_state ON mails (state, available_at);
CREATE INDEX mails_by_age ON mails (state, created_at);

-- Accounts at issuers of single sign-on.
CREATE TABLE identities (
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    user_id {int} NOT NULL REFERENCES users (id),
    created_at {int} NOT NULL,
    last_used_at {int},
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id);

-- Hand-offs to a browser: a client waits, a person allows it (RFC 8628).
CREATE TABLE device_grants (
    id {int} NOT NULL PRIMARY KEY,
    device_hash {bytes} NOT NULL UNIQUE,
    user_code_key {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    client {text} NOT NULL,
    scopes {text} NOT NULL,
    network {text} NOT NULL,
    state {text} NOT NULL,
    user_id {int} REFERENCES users (id),
    factors {text} NOT NULL,
    details {bytes} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    polled_at {int},
    interval_seconds {int} NOT NULL
);
CREATE INDEX device_grants_by_expiry ON device_grants (expires_at);
CREATE INDEX device_grants_by_network ON device_grants (network, created_at);

-- Organizations share their names with users: an owner is named once.
CREATE TABLE organizations (
    id {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    name_key {text} NOT NULL UNIQUE,
    title {text} NOT NULL,
    state {text} NOT NULL,
    created_by {int} NOT NULL REFERENCES users (id),
    created_at {int} NOT NULL
);
CREATE TABLE organization_members (
    organization_id {int} NOT NULL REFERENCES organizations (id),
    user_id {int} NOT NULL REFERENCES users (id),
    role {text} NOT NULL,
    since {int} NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX organization_members_by_user ON organization_members (user_id);
CREATE TABLE teams (
    id {int} NOT NULL PRIMARY KEY,
    organization_id {int} NOT NULL REFERENCES organizations (id),
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    created_at {int} NOT NULL,
    UNIQUE (organization_id, name_key)
);
CREATE TABLE team_members (
    team_id {int} NOT NULL REFERENCES teams (id),
    user_id {int} NOT NULL REFERENCES users (id),
    since {int} NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_by_user ON team_members (user_id);
CREATE TABLE project_teams (
    project_id {int} NOT NULL REFERENCES projects (id),
    team_id {int} NOT NULL REFERENCES teams (id),
    role {text} NOT NULL,
    since {int} NOT NULL,
    PRIMARY KEY (project_id, team_id)
);
CREATE INDEX project_teams_by_team ON project_teams (team_id);
CREATE TABLE namespace_teams (
    namespace_id {int} NOT NULL REFERENCES namespaces (id),
    team_id {int} NOT NULL REFERENCES teams (id),
    role {text} NOT NULL,
    since {int} NOT NULL,
    PRIMARY KEY (namespace_id, team_id)
);
CREATE INDEX namespace_teams_by_team ON namespace_teams (team_id);

-- Set where an organization owns it; its owners are then owners here.
ALTER TABLE projects ADD COLUMN organization_id {int};
CREATE INDEX projects_by_organization ON projects (organization_id) WHERE organization_id IS NOT NULL;
ALTER TABLE namespaces ADD COLUMN organization_id {int};
CREATE INDEX namespaces_by_organization ON namespaces (organization_id) WHERE organization_id IS NOT NULL;

-- Roles that were offered and not yet taken. subject_kind: organization, team, project, namespace.
CREATE TABLE invitations (
    id {int} NOT NULL PRIMARY KEY,
    subject_kind {text} NOT NULL,
    subject_id {int} NOT NULL,
    user_id {int} NOT NULL REFERENCES users (id),
    role {text} NOT NULL,
    invited_by {int} NOT NULL REFERENCES users (id),
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    UNIQUE (subject_kind, subject_id, user_id)
);
CREATE INDEX invitations_by_user ON invitations (user_id);
CREATE INDEX invitations_by_inviter ON invitations (invited_by);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);

-- Projects on their way to another owner. receiver_kind: user, organization.
CREATE TABLE project_transfers (
    project_id {int} NOT NULL PRIMARY KEY REFERENCES projects (id),
    from_id {int} NOT NULL REFERENCES users (id),
    receiver_kind {text} NOT NULL,
    receiver_id {int} NOT NULL,
    offered_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    accepted_by {int} REFERENCES users (id),
    accepted_at {int},
    effective_at {int}
);
CREATE INDEX project_transfers_by_giver ON project_transfers (from_id);
CREATE INDEX project_transfers_by_expiry ON project_transfers (expires_at);
CREATE INDEX project_transfers_by_receiver ON project_transfers (receiver_kind, receiver_id);
CREATE INDEX project_transfers_by_effect ON project_transfers (effective_at) WHERE effective_at IS NOT NULL;

-- A namespace that was accepted still waits: until then the one who gave it may take it back.
ALTER TABLE namespace_offers ADD COLUMN accepted_at {int};
ALTER TABLE namespace_offers ADD COLUMN effective_at {int};
CREATE INDEX namespace_offers_by_effect ON namespace_offers (effective_at) WHERE effective_at IS NOT NULL;

-- When a repository's host is asked next which number it has, and the number that took its place.
ALTER TABLE project_repositories ADD COLUMN next_check_at {int};
ALTER TABLE project_repositories ADD COLUMN found_id {text};
UPDATE project_repositories SET next_check_at = 0 WHERE state = 'pinned';
CREATE INDEX project_repositories_by_check ON project_repositories (next_check_at) WHERE next_check_at IS NOT NULL;

-- Private projects are found by the namespaces around their names from now on.
--sqlite
INSERT INTO settings (name, value) SELECT 'search-rebuild', x''
    WHERE EXISTS (SELECT 1 FROM projects WHERE visibility = 'private')
    AND NOT EXISTS (SELECT 1 FROM settings WHERE name = 'search-rebuild');
--end
--postgres
INSERT INTO settings (name, value) SELECT 'search-rebuild', ''::bytea
    WHERE EXISTS (SELECT 1 FROM projects WHERE visibility = 'private')
    AND NOT EXISTS (SELECT 1 FROM settings WHERE name = 'search-rebuild');
--end

-- Until when a node works on what is not staged yet. One that died in the middle lets it pass.
ALTER TABLE stagings ADD COLUMN worked_until {int};
UPDATE stagings SET worked_until = changed_at WHERE state IN ('pending', 'validating');
CREATE INDEX stagings_by_work ON stagings (worked_until) WHERE worked_until IS NOT NULL;

-- Projects on which much depends: they ask more of those who publish them.
ALTER TABLE projects ADD COLUMN critical_since {int};
ALTER TABLE projects ADD COLUMN critical_reason {text};
ALTER TABLE projects ADD COLUMN critical_enforced_at {int};
CREATE INDEX projects_critical ON projects (critical_since) WHERE critical_since IS NOT NULL;
-- 'any', or 'trusted' where only trusted publishers and people with their factor publish.
ALTER TABLE projects ADD COLUMN token_policy {text} NOT NULL DEFAULT 'any';

ALTER TABLE tokens ADD COLUMN name {text} NOT NULL DEFAULT '';
-- Address ranges from which it works, separated by spaces; empty for all.
ALTER TABLE tokens ADD COLUMN networks {text} NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN is_single_use {int} NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN used_up_at {int};
ALTER TABLE tokens ADD COLUMN last_used_network {text};
ALTER TABLE tokens ADD COLUMN expiry_noted_at {int};
ALTER TABLE tokens ADD COLUMN revoked_reason {text};
-- The factors of the session that made it, and where it came from.
ALTER TABLE tokens ADD COLUMN factors {text} NOT NULL DEFAULT '';
-- Changes with it need a factor that is proven along with the request, as npm's clients can.
ALTER TABLE tokens ADD COLUMN asks_factor {int} NOT NULL DEFAULT 0;
-- What the identity token said that a trusted publisher exchanged for it.
ALTER TABLE tokens ADD COLUMN claims {bytes};
CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE revoked_at IS NULL;
-- Those that people made: a trusted publisher leaves a token with every release of whoever added it.
CREATE INDEX tokens_by_maker ON tokens (user_id, created_at) WHERE kind <> 'trusted-publisher';

-- Issuers beside those that Hallmark knows, added by an administrator with their own table of claims.
CREATE TABLE trusted_issuers (
    id {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL UNIQUE,
    issuer {text} NOT NULL UNIQUE,
    provider {text} NOT NULL,
    claims {bytes} NOT NULL,
    organization_id {int},
    created_by {int} NOT NULL,
    created_at {int} NOT NULL
);
-- A publisher without a project is pending: its first token may create the project of that name.
CREATE TABLE trusted_publishers (
    id {int} NOT NULL PRIMARY KEY,
    ecosystem {text} NOT NULL,
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    project_id {int} REFERENCES projects (id),
    provider {text} NOT NULL,
    issuer {text} NOT NULL,
    lookup {text} NOT NULL,
    environment {text} NOT NULL,
    settings {bytes} NOT NULL,
    pinned {bytes} NOT NULL,
    created_by {int} NOT NULL REFERENCES users (id),
    created_at {int} NOT NULL,
    last_used_at {int},
    expires_at {int},
    removed_at {int}
);
CREATE INDEX trusted_publishers_by_claims ON trusted_publishers (issuer, lookup);
CREATE INDEX trusted_publishers_by_project ON trusted_publishers (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX trusted_publishers_pending ON trusted_publishers (expires_at)
    WHERE project_id IS NULL AND removed_at IS NULL;
CREATE INDEX trusted_publishers_by_name ON trusted_publishers (ecosystem, name_key);
CREATE INDEX trusted_publishers_by_creator ON trusted_publishers (created_by, created_at);
-- One identity token may speak for several projects of one repository. A publisher that is removed takes its rows along.
CREATE TABLE token_publishers (
    token_id {int} NOT NULL REFERENCES tokens (id),
    publisher_id {int} NOT NULL REFERENCES trusted_publishers (id),
    PRIMARY KEY (token_id, publisher_id)
);
CREATE INDEX token_publishers_by_publisher ON token_publishers (publisher_id);
-- The publisher of a release and what its identity token said; NULL where a person published it.
ALTER TABLE releases ADD COLUMN publisher_claims {bytes};
CREATE TABLE used_identity_tokens (
    issuer {text} NOT NULL,
    hash {bytes} NOT NULL,
    expires_at {int} NOT NULL,
    PRIMARY KEY (issuer, hash)
);
CREATE INDEX used_identity_tokens_by_expiry ON used_identity_tokens (expires_at);

-- Who may report leaked secrets, and the keys that sign their reports.
CREATE TABLE secret_reporters (
    id {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL UNIQUE,
    key_id_header {text} NOT NULL,
    signature_header {text} NOT NULL,
    keys_url {text},
    keys {bytes} NOT NULL,
    fetched_at {int},
    created_at {int} NOT NULL,
    removed_at {int}
);
CREATE TABLE secret_reports (
    id {int} NOT NULL PRIMARY KEY,
    reporter_id {int} NOT NULL REFERENCES secret_reporters (id),
    token_id {int},
    outcome {text} NOT NULL,
    source {text} NOT NULL,
    url {text} NOT NULL,
    at {int} NOT NULL
);
CREATE INDEX secret_reports_by_token ON secret_reports (token_id);
