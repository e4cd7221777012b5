// The same questions through the official client: prints one line of JSON. Usage: node official.mjs CLIENT URL PAGE
const [place, url, page] = process.argv.slice(2);
const { createClient } = await import(`${place}/lib-esm/node.js`);
const client = createClient({ url });
const seconds = async (work) => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};
const told = { refused: "", rows: 0 };

// All of it in one answer, where the server gives that; nothing of an answer can be had before its end.
told.all = await seconds(async () => {
  try {
    told.rows = (await client.execute("SELECT * FROM big")).rows.length;
  } catch (error) {
    told.refused = error.code;
  }
});
told.first = told.all;

if (told.refused) {
  told.refusal = told.all;
  let last = 0;
  const next = () =>
    client.execute({ sql: "SELECT * FROM big WHERE id > ? ORDER BY id LIMIT ?", args: [last, Number(page)] });
  const began = performance.now();
  for (let answer = await next(); answer.rows.length > 0; answer = await next()) {
    if (told.rows === 0) told.first = (performance.now() - began) / 1000;
    told.rows += answer.rows.length;
    last = answer.rows.at(-1).id;
  }
  told.all = (performance.now() - began) / 1000;
}

told.sort = await seconds(() => client.execute("SELECT * FROM big ORDER BY c1 LIMIT 40"));

// What our filter asks: a text in any column that is not a BLOB; how many rows have it, and the first screenful.
const columns = ["id", ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `c${n}`)];
const where = columns.map((c) => `typeof(${c}) <> 'blob' AND instr(lower(${c}), '999') > 0`).join(" OR ");
told.filter = await seconds(async () => {
  const [count] = await client.batch([
    `SELECT count(*) FROM big WHERE ${where}`,
    `SELECT * FROM big WHERE ${where} LIMIT 40`,
  ]);
  told.matches = count.rows[0][0];
});
told.megabytes = process.resourceUsage().maxRSS / 1024;
client.close();
console.log(JSON.stringify(told));
