-- A configuration of luarocks whose only server does not answer.
rocks_servers = { "http://127.0.0.1:9/" }
