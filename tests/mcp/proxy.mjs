// Passes requests on with a key, for a suite that can't send one. Usage: proxy.mjs URL KEY
import http from "node:http";

const [url, key] = process.argv.slice(2);
const { hostname, port } = new URL(url);

const server = http.createServer((request, response) => {
  const headers = { ...request.headers, authorization: `Bearer ${key}`, "x-user-email": "sarah@example.org" };
  const { url: path, method } = request;
  const onward = http.request({ hostname, port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
