#!/usr/bin/env bash
# tested.sh FILE: makes the disk that the guests have as /slate: the built command, and what plays the parts of its users.
set -euo pipefail
image=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
folder=$(mktemp -d "${TMPDIR:-/tmp}/slate-nfs-XXXXXX")
trap 'rm -rf "$folder"' EXIT

cp dist/slate.js test/faults/nfs/guest/*.sh test/faults/nfs/guest/*.py "$folder"
# CommonJS packages inside an ESM bundle call `require` for Node's own modules.
node_modules/.bin/esbuild --bundle --platform=node --format=esm --target=node20 --log-level=warning \
  --banner:js='import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' \
  --outdir="$folder" --out-extension:.js=.mjs test/faults/nfs/guest/poster.ts
mke2fs -q -t ext4 -O ^has_journal -d "$folder" "$image" 32M >/dev/null
