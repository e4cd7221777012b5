-- A table with vectors, and the index that finds neighbours
CREATE TABLE ${1:documents} (
  id INTEGER PRIMARY KEY,
  content TEXT NOT NULL,
  embedding F32_BLOB(${2:1536})
);
CREATE INDEX $1_embedding ON $1 (libsql_vector_idx(embedding, 'metric=${3|cosine,l2|}'));$0
