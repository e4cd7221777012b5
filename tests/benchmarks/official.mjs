// The same questions through the official client: prints one line of JSON. Usage: node official.mjs CLIENT URL PAGE
const [place, url, page] = process.argv.slice(2);
const { createClient } = await import(`${place}/lib-esm/node.js`);
const client = createClient({ url });
const seconds = async (work) => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};
const told = { refused: "" };

told.whole = await seconds(async () => {
  try {
    await client.execute("SELECT * FROM big");
  } catch (error) {
    told.refused = `${error.code}: ${error.message}`;
  }
});

let last = 0;
const next = () =>
  client.execute({ sql: "SELECT * FROM big WHERE id > ? ORDER BY id LIMIT ?", args: [last, Number(page)] });
told.rows = 0;
told.all = await seconds(async () => {
  const began = performance.now();
  for (let answer = await next(); answer.rows.length > 0; answer = await next()) {
    told.first ??= (performance.now() - began) / 1000;
    told.rows += answer.rows.length;
    last = answer.rows.at(-1).id;
  }
});
told.sort = await seconds(() => client.execute("SELECT * FROM big ORDER BY c1 LIMIT 40"));
const anywhere = ["id", ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `c${n}`)].map((c) => `${c} LIKE '%999%'`);
told.filter = await seconds(() => client.execute(`SELECT count(*) FROM big WHERE ${anywhere.join(" OR ")}`));
told.megabytes = process.resourceUsage().maxRSS / 1024;
client.close();
console.log(JSON.stringify(told));
