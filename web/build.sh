#!/usr/bin/env bash
# Builds the page: one folder of static files that any web server can give out.
#
#     web/build.sh [FOLDER]        # target/page unless said otherwise
#
# On a bare Debian machine. Of rustup, the standard library for WebAssembly is added; where there is no rustup, or
# with WEB_TOOLCHAIN=debian, Debian's rustc-web, cargo-web, rust-web-src and lld are used, which can build it from its source.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-target/page}
triple=wasm32-unknown-unknown
module=${CARGO_TARGET_DIR:-target}/$triple/web/ikecompat_web.wasm
# No path of the machine that builds gets into the module.
remap="--remap-path-prefix=$PWD=/ikecompat --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"

install() {
  local missing=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null
}

by_rustup() {
  rustup target list --installed | grep -qx $triple || rustup target add $triple
  RUSTFLAGS="$remap" cargo build --locked --quiet -p ikecompat-web --lib --profile web --target $triple
  cargo run --locked --quiet -p ikecompat-bindings -- "$module" "$1"
  cargo run --locked --quiet --bin ikecompat -- clients site --force "$folder/database"
}

# Debian's compiler has no library for this target that cargo would take, so that is built from its source; that is
# otherwise a matter of the nightly compiler, hence RUSTC_BOOTSTRAP.
by_debian() {
  install rustc-web cargo-web rust-web-src lld gcc libc6-dev
  local tools=/usr/bin
  export PATH="$tools:$PATH" CARGO_TARGET_DIR=target/debian RUSTC=$tools/rustc
  module=$CARGO_TARGET_DIR/$triple/web/ikecompat_web.wasm
  RUSTC_BOOTSTRAP=1 RUSTFLAGS="$remap -C linker=wasm-ld" \
    $tools/cargo build --locked --quiet -p ikecompat-web --lib --profile web --target $triple -Z build-std=std,panic_abort
  $tools/cargo run --locked --quiet -p ikecompat-bindings -- "$module" "$1"
  $tools/cargo run --locked --quiet --bin ikecompat -- clients site --force "$folder/database"
}

rm -rf "$folder"
mkdir -p "$folder"
cp web/page/* "$folder/"
cp src/write/report/html/style.css "$folder/style.css"
if [ "${WEB_TOOLCHAIN:-}" = debian ] || ! command -v rustup >/dev/null; then
  by_debian "$folder"
else
  by_rustup "$folder"
fi
# Where a browser lets no page from a disk fetch a file, the module is a script.
{ printf 'self.ENGINE_BASE64 = "'; base64 -w0 "$folder/engine_bg.wasm"; printf '";\n'; } >"$folder/engine_base64.js"
# The service worker keeps exactly these files, and takes new ones when any of them changes.
kept=$(cd "$folder" && find . -maxdepth 1 -type f ! -name sw.js ! -name engine_base64.js | sed 's|^\./||' | sort)
version=$(cd "$folder" && cat $kept | sha256sum | cut -c1-16)
list=$(printf '"%s", ' $kept)
sed -i "s|@VERSION@|$version|; s|\"@FILES@\"|${list%, }|" "$folder/sw.js"
size=$(cd "$folder" && for file in $kept; do gzip -9c "$file"; done | wc -c)
printf '%s: version %s, %s octets compressed by gzip\n' "$folder" "$version" "$size"
