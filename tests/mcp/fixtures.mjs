// The conformance suite's fixture tools that bring text, as a server on standard input and output.
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const nothing = { type: "object", properties: {} };
const addressed = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: { type: "object", properties: { street: { type: "string" }, city: { type: "string" } } },
  },
  properties: { name: { type: "string" }, address: { $ref: "#/$defs/address" } },
  additionalProperties: false,
};

const tools = [
  { name: "test_simple_text", description: "Brings a text.", inputSchema: nothing },
  { name: "test_error_handling", description: "Fails.", inputSchema: nothing },
  { name: "json_schema_2020_12_tool", description: "Has a schema with definitions.", inputSchema: addressed },
];

const server = new Server({ name: "fixtures", version: "1" }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
  const isError = params.name === "test_error_handling";
  const text = isError ? "This tool intentionally returns an error for testing" : "This is a simple text response for testing.";
  return { content: [{ type: "text", text }], isError };
});
await server.connect(new StdioServerTransport());
