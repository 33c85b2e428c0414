/** Name of a database file -> the statements (and dot commands) by which stock sqlite3 makes it. */
export const kinds: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].map((size) => [
      `page-${size}.db`,
      [`PRAGMA page_size = ${size}`, ...rows(4000), 'CREATE INDEX by_word ON t (word)'],
    ]),
  ),
  ...Object.fromEntries(
    ['UTF-8', 'UTF-16le', 'UTF-16be'].map((encoding) => [
      `${encoding}.db`,
      [`PRAGMA encoding = '${encoding}'`, ...rows(500), "INSERT INTO t (word) VALUES ('rupiah 💰 ñandú 日本')"],
    ]),
  ),
  ...Object.fromEntries(
    ['full', 'incremental'].map((mode) => [
      `auto-vacuum-${mode}.db`,
      [`PRAGMA auto_vacuum = ${mode}`, ...rows(3000), 'DELETE FROM t WHERE id % 3 = 0'],
    ]),
  ),
  'wal.db': ['PRAGMA journal_mode = wal', ...rows(2000)],
  'free-pages.db': [...rows(5000), 'DELETE FROM t WHERE id > 100'],
  'without-rowid.db': [
    'CREATE TABLE prices (day TEXT, symbol TEXT, price REAL, PRIMARY KEY (symbol, day)) WITHOUT ROWID',
    "INSERT INTO prices SELECT value, 'S' || (value % 7), value * 1.1 FROM generate_series(1, 2000)",
    'CREATE INDEX by_price ON prices (price DESC)',
  ],
  'strict.db': [
    'CREATE TABLE wallet (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance > -1000), extra ANY) STRICT',
    "INSERT INTO wallet VALUES (1, 9007199254740993, x'00ff'), (9223372036854775807, -5, 'text'), (3, 0, NULL)",
  ],
  'generated.db': [
    `CREATE TABLE line (quantity INTEGER, price REAL, total REAL GENERATED ALWAYS AS (quantity * price) STORED,
      half REAL GENERATED ALWAYS AS (price / 2) VIRTUAL)`,
    'INSERT INTO line (quantity, price) SELECT value, value * 0.1 FROM generate_series(1, 500)',
    'CREATE INDEX by_half ON line (half)',
  ],
  'full-text.db': [
    "CREATE VIRTUAL TABLE notes USING fts5(body, tokenize = 'porter')",
    "INSERT INTO notes SELECT 'bayar cicilan ke-' || value || ' untuk motor' FROM generate_series(1, 800)",
  ],
  'rtree.db': [
    'CREATE VIRTUAL TABLE place USING rtree(id, x0, x1, y0, y1)',
    'INSERT INTO place SELECT value, value, value + 1, -value, 1 - value FROM generate_series(1, 300)',
  ],
  'odd names.db': [
    'CREATE TABLE "select ""from"" [💸] \'where\'" ("a b" INTEGER PRIMARY KEY, "ünïcode—col" TEXT, "x""y" BLOB)',
    "INSERT INTO \"select \"\"from\"\" [💸] 'where'\" VALUES (1, 'émoji 👛', zeroblob(10000)), (2, '', x'')",
    'CREATE VIEW "v 1" AS SELECT "a b" FROM "select ""from"" [💸] \'where\'"',
    'CREATE TABLE "%s;--" (n); INSERT INTO "%s;--" VALUES (1.5), (NULL), (-0.0), (9e999)',
  ],
  'dompet \'utama\' "👛".db': rows(50),
  'no-suffix': rows(50),
  'nested/deep/er/data.sqlite3': rows(50),
  'marked.db': ['PRAGMA user_version = 42', 'PRAGMA application_id = 1886153064', ...rows(10)],
  'references.db': [
    'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
    'CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id))',
    'INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1), (2, 99), (3, NULL)',
  ],
  'busy-schema.db': [
    ...rows(200),
    'CREATE UNIQUE INDEX words ON t (word, id); CREATE INDEX part ON t (id) WHERE id > 100',
    'CREATE INDEX expression ON t (lower(word)); CREATE VIEW seen AS SELECT count(*) AS n FROM t',
    'CREATE TABLE log (at TEXT, id); CREATE TRIGGER kept AFTER DELETE ON t BEGIN INSERT INTO log VALUES (1, old.id); END',
    'DELETE FROM t WHERE id < 20',
  ],
}

function rows(count: number): readonly string[] {
  return [
    'CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT, data BLOB)',
    `INSERT INTO t SELECT value, printf('word %d of many', value * 7919 % 1000), zeroblob(value % 200) FROM generate_series(1, ${count})`,
  ]
}
