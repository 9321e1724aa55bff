// Passes messages on with a key, for a suite that can't send one, and under the names by which that suite knows its own
// fixture tools. Usage: proxy.mjs URL KEY
import http from "node:http";

const [url, key] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const OURS = "fixtures__";
const FIXTURES = /^(test_|json_schema_)/;

async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A call, by the name that the daemon knows. */
function renamed(body) {
  if (!body) return body;
  const message = JSON.parse(body);
  if (message.method === "tools/call" && FIXTURES.test(message.params.name)) message.params.name = OURS + message.params.name;
  return JSON.stringify(message);
}

const server = http.createServer(async (request, response) => {
  const body = renamed(await text(request));
  const headers = { ...request.headers, authorization: `Bearer ${key}`, "x-user-email": "sarah@example.org" };
  delete headers["transfer-encoding"];
  headers["content-length"] = Buffer.byteLength(body);
  const { url: path, method } = request;
  const onward = http.request({ hostname, port, path, method, headers }, async (answer) => {
    const said = (await text(answer)).replaceAll(`"${OURS}`, '"');
    const { "content-length": _, "transfer-encoding": __, ...kept } = answer.headers;
    response.writeHead(answer.statusCode, kept);
    response.end(said);
  });
  onward.on("error", () => response.destroy());
  onward.end(body);
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
