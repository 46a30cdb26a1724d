#!/bin/sh
# Install into .venv by uv, asking the index and trusting the certificates that pip and the machine are set up for.
# Modules are compiled once, here: where Python may not write beside them, every process would compile them anew.
venv=$(cd "$(dirname "$0")/.." && pwd)/.venv
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null)}}
[ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
[ -n "$SSL_CERT_FILE" ] || [ -z "$PIP_CERT" ] || export SSL_CERT_FILE="$PIP_CERT"
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
  [ ! -e "$bundle" ] || export UV_SYSTEM_CERTS=1
done
VIRTUAL_ENV=$venv exec "$venv/bin/uv" pip install --quiet --compile-bytecode "$@"
