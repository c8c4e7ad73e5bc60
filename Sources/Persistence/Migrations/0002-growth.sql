-- What keeps costs flat as the registry grows: search over lists of tokens that the program makes, so that every
-- condition of a search is in the index, and indexes for what was sorted or filtered after reading.

-- Names by their beginning, whatever the ecosystem.
CREATE INDEX projects_by_key ON projects (name_key);

-- One row a project and day, so that a chart never adds up what each file had from each family of clients.
CREATE TABLE project_downloads (
    project_id {int} NOT NULL,
    day {int} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (project_id, day)
);
INSERT INTO project_downloads (project_id, day, count)
SELECT project_id, day, CAST(SUM(count) AS BIGINT) FROM downloads GROUP BY project_id, day;

--sqlite
DROP TABLE search_words;
DROP TABLE search_trigrams;
CREATE VIRTUAL TABLE search_words USING fts5 (tokens, tokenize = 'ascii', prefix = '2 3 4', detail = 'none');
CREATE TABLE search_grams (
    gram TEXT NOT NULL,
    length INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    PRIMARY KEY (gram, length, project_id)
) WITHOUT ROWID;
INSERT INTO settings (name, value) SELECT 'search-rebuild', x'' WHERE EXISTS (SELECT 1 FROM projects);
--end
--postgres
DROP TABLE search_documents;
CREATE TABLE search_documents (
    project_id bigint NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    tokens tsvector NOT NULL
);
CREATE INDEX search_documents_tokens ON search_documents USING gin (tokens) WITH (fastupdate = off);
CREATE INDEX search_documents_name ON search_documents USING gin (name gin_trgm_ops) WITH (fastupdate = off);
INSERT INTO settings (name, value) SELECT 'search-rebuild', ''::bytea WHERE EXISTS (SELECT 1 FROM projects);
--end
