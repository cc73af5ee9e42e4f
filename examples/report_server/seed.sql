-- What happened: one row a tool call, an LLM generation, a turn.
CREATE TABLE tool_calls (tool TEXT, tool_display_name TEXT, agent_name TEXT, status TEXT, duration_ms INTEGER);
INSERT INTO tool_calls VALUES
  ('search_web',  'Search the web',        'Scout',            'success', 812),
  ('search_web',  'Search the web',        'Scout',            'success', 1290),
  ('search_web',  'Search the web',        'Clerk',            'error',   4004),
  ('search_web',  'Search the web',        'Clerk',            'timeout', 30000),
  ('read_sheet',  'Read sheet, all rows',  'Clerk',            'success', 95),
  ('read_sheet',  'Read sheet, all rows',  'Scout',            'success', 101),
  ('quote',       'Quote "as said"',       'Scout',            'success', 15),
  ('sum',         '=SUM(A1:A9)',           'Clerk',            'error',   3),
  ('minus',       '-1 by default',         'Clerk',            'success', 4),
  ('mention',     '@everyone',             'Scout',            'success', 7),
  ('plan',        'Plan' || char(10) || 'ahead', 'Scout',      'success', 450),
  ('resume',      'Résumé 履歴書',          'Clerk',            'success', 230),
  ('retired',     NULL,                    'Clerk',            'error',   NULL);

CREATE TABLE llm_generations (model TEXT, provider TEXT, day TEXT, input_tokens INTEGER, output_tokens INTEGER, ok INTEGER);
INSERT INTO llm_generations VALUES
  ('swift-2',  'northlight', '2026-01-12', 1200, 300, 1),
  ('swift-2',  'northlight', '2026-01-12',  900, 120, 1),
  ('swift-2',  'northlight', '2026-01-13', 2048,   0, 0),
  ('deep-1',   'northlight', '2026-01-12', 8000, 2100, 1),
  ('deep-1',   'northlight', '2026-01-13', 7600, 1900, 1),
  ('breeze-s', 'southwind',  '2026-01-13',  150,  40, 1);

CREATE TABLE turns (turn_status TEXT, agent_name TEXT, duration_ms INTEGER, iterations INTEGER);
INSERT INTO turns VALUES
  ('completed', 'Scout', 5200, 3),
  ('completed', 'Scout', 8100, 5),
  ('completed', 'Clerk', 2500, 1),
  ('failed',    'Clerk', 30500, 9),
  ('cancelled', 'Scout', 700, 1);

-- What was saved: a query over one of the tables, and how fresh its data is.
CREATE TABLE saved_reports (
  id TEXT PRIMARY KEY, name TEXT, is_shared INTEGER, dataset TEXT, dimensions TEXT, measures TEXT,
  order_by TEXT, row_limit INTEGER, as_of TEXT, freshness TEXT, freshness_lag_ms INTEGER
);
INSERT INTO saved_reports VALUES
  ('2489e9ad-2ee2-8e00-8ec9-32d5f69181c0', 'Tool usage', 1, 'tool_calls', 'tool,tool_display_name',
   'call_count,success_count,error_count,avg_duration_ms', 'call_count', 100, '2026-01-14T06:00:00Z', 'known', 4200),
  ('018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f10', 'Token spend by model', 1, 'llm_generations', 'provider,model',
   'input_tokens,output_tokens,total_tokens,error_count', 'total_tokens', 50, '2026-01-14T06:05:00Z', 'null', NULL),
  ('018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f11', 'Turns / how they end', 1, 'turns', 'turn_status',
   'turn_count,duration_ms,avg_duration_ms,iterations', 'turn_count', 10, '2026-01-14T06:10:00Z', 'left out', NULL),
  ('018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9fff', 'Board only', 0, 'turns', 'agent_name',
   'turn_count', 'turn_count', 10, '2026-01-14T06:10:00Z', 'left out', NULL);
