#!/usr/bin/env bash
# Builds the page and tries it in Debian's Chromium: opt-in, since it needs the browser, Node and the network of npm.
#
#     web/test.sh                      # SCREENSHOTS=folder keeps pictures of each door at three widths
set -euo pipefail
cd "$(dirname "$0")/.."

missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null
fi

web/build.sh target/page
cargo build --locked --quiet --bin ikecompat
npm ci --prefix web/tests --no-audit --no-fund --silent
node --test --test-timeout=300000 web/tests/page.test.mjs
