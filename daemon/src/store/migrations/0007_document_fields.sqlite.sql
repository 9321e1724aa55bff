-- Those of documents that are there already, in the form that filters compare: texts as they are, all else as JSON.
INSERT INTO document_fields (team, document, name, value)
SELECT d.team, d.id, f.key, CASE f.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(f.value AS TEXT) END
FROM documents d, json_each(d.metadata) f
WHERE d.metadata IS NOT NULL AND f.type <> 'null'
  AND length(f.key) BETWEEN 1 AND 100 AND f.key NOT GLOB '*[^A-Za-z0-9_]*';
