// How a call is made in the languages that people use.

const KEY = "kapi_live_…";

const fillIn = (path) => path.replace(/\{(\w+)\}/g, (_, name) => `<${name}>`);

export const LANGUAGES = ["curl", "Python", "TypeScript", "Go", "Java", "katonic"];

export function snippet(language, { method, path, body, command }, key = KEY) {
  const url = `${location.origin}${fillIn(path)}`;
  const json = body ? JSON.stringify(body, null, 2) : null;
  const line = body ? JSON.stringify(body) : null;
  switch (language) {
    case "curl":
      return `curl -X ${method} ${url} \\\n  -H "Authorization: Bearer ${key}"${json ? ` \\\n  -H "Content-Type: application/json" \\\n  -d '${line.replaceAll("'", "'\\''")}'` : ""}`;
    case "Python":
      return `import httpx\n\nanswer = httpx.request(\n    "${method}", "${url}",\n    headers={"Authorization": "Bearer ${key}"},${json ? `\n    json=${json.replace(/\btrue\b/g, "True").replace(/\bfalse\b/g, "False").replace(/\bnull\b/g, "None").replace(/\n/g, "\n    ")},` : ""}\n)\nanswer.raise_for_status()\nprint(answer.json())`;
    case "TypeScript":
      return `const answer = await fetch("${url}", {\n  method: "${method}",\n  headers: { Authorization: "Bearer ${key}"${json ? ', "Content-Type": "application/json"' : ""} },${json ? `\n  body: JSON.stringify(${json.replace(/\n/g, "\n  ")}),` : ""}\n});\nif (!answer.ok) throw new Error(await answer.text());\nconsole.log(await answer.json());`;
    case "Go":
      return `package main\n\nimport (\n\t"fmt"\n\t"io"\n\t"net/http"\n\t"strings"\n)\n\nfunc main() {\n\tbody := strings.NewReader(\`${line ?? ""}\`)\n\trequest, err := http.NewRequest("${method}", "${url}", body)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\trequest.Header.Set("Authorization", "Bearer ${key}")\n\trequest.Header.Set("Content-Type", "application/json")\n\tanswer, err := http.DefaultClient.Do(request)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tdefer answer.Body.Close()\n\ttext, _ := io.ReadAll(answer.Body)\n\tfmt.Println(answer.Status, string(text))\n}`;
    case "Java":
      return `var request = HttpRequest.newBuilder(URI.create("${url}"))\n    .header("Authorization", "Bearer ${key}")\n    .header("Content-Type", "application/json")\n    .method("${method}", HttpRequest.BodyPublishers.${line ? `ofString(${JSON.stringify(line)})` : "noBody()"})\n    .build();\nvar answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());\nSystem.out.println(answer.statusCode() + " " + answer.body());`;
    default:
      return command ?? `# The command line has no command of its own for this endpoint.`;
  }
}
