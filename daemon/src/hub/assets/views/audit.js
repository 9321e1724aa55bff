// The log that nobody can rewrite unseen: its rows, its signed heads, and whether the chain holds.

import { list, may, raw } from "../api.js";
import { ago, h, head, panel, short, show, status, table } from "../dom.js";
import { paged } from "../paged.js";

export default async function audit() {
  const [place] = await paged("/public/v1/analytics/audit", [
    ["row", (row) => row.seq, "number"], ["when", (row) => ago(row.at)], ["endpoint", (row) => row.endpoint], ["", (row) => status(row.decision)],
    ["status", (row) => row.status, "number"], ["who", (row) => row.user ?? row.key_id ?? "–"], ["hash", (row) => short(row.hash)],
  ], { open: (row) => show(`Row ${row.seq}`, h("pre", {}, JSON.stringify(row, null, 2))) });
  const checkpoints = may("ListCheckpoints") ? await list("/admin/v1/audit/checkpoints", { limit: 5 }) : null;
  const verdict = h("p", { className: "soft", role: "status" }, "Not walked yet.");
  const verify = async () => {
    verdict.textContent = "Walking…";
    const { chain } = await list("/public/v1/analytics/audit", { limit: 1, verify: true }).catch((error) => ({ chain: { ok: false, reason: error.message } }));
    verdict.className = chain?.ok ? "good" : "bad";
    verdict.textContent = chain?.ok ? `The chain holds: ${chain.checked} rows, ${chain.checkpoints} signed heads.` : `The chain is broken${chain?.first_break ? ` at row ${chain.first_break}` : ""}: ${chain?.reason ?? "it says that rows were lost"}.`;
  };
  const download = async () => {
    const answer = await raw("GET", "/admin/v1/audit/export");
    const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: "audit.jsonl" });
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return [
    head("Audit", "One row a call and one a change, each with the hash of the one before.", h("button", { onclick: verify }, "Verify the chain"), may("ExportAudit") && h("button", { onclick: download }, "Export")),
    panel("Chain", verdict, checkpoints && table([["up to row", (row) => row.seq], ["signed", (row) => ago(row.at)], ["hash", (row) => short(row.hash)]], checkpoints.data, { none: "Nothing is signed yet." })),
    panel("Rows", place),
  ];
}
