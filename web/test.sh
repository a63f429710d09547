#!/usr/bin/env bash
# Builds the page and tries it in Debian's Chromium.
#
#     web/test.sh                      # SCREENSHOTS=folder keeps pictures of each door at three widths
#     web/test.sh prepare              # installs what that needs, which takes the network: fails where it cannot be had
set -euo pipefail
cd "$(dirname "$0")/.."

prepare() {
  local missing=""
  command -v chromium >/dev/null || missing="$missing chromium"
  command -v node >/dev/null || missing="$missing nodejs"
  command -v npm >/dev/null || missing="$missing npm"
  if [ -n "$missing" ]; then
    apt-get update -qq || return
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null || return
  fi
  if command -v rustup >/dev/null; then
    rustup target list --installed | grep -qx wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown || return
  fi
  npm ci --prefix web/tests --no-audit --no-fund --silent
}

prepare
[ "${1:-}" != prepare ] || exit 0
web/build.sh target/page
cargo build --locked --quiet --bin ikecompat
node --test --test-timeout=300000 web/tests/page.test.mjs
