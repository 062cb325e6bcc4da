// A key to which a server seals what it records, made as an officer makes it: on another machine.

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { start } from "./children.js";
import { CARELAY } from "./server.js";

export class SealedKey {
  /** @param {string} folder @param {string} passphrase */
  constructor(folder, passphrase) {
    this.folder = folder;
    this.passphrase = passphrase;
    this.publicFile = join(folder, "key/recording.pub");
    this.privateFile = join(folder, "key/recording.private");
  }

  /** @param {string} passphrase */
  static async create(passphrase) {
    const key = new SealedKey(await mkdtemp(join(tmpdir(), "carelay-key-")), passphrase);
    const words = ["keys", "create-sealed", join(key.folder, "key")];
    const child = start(CARELAY, words, { stdio: ["pipe", "ignore", "inherit"] });
    child.stdin.end(`${passphrase}\n`);
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`carelay keys create-sealed: ${code}`);
    return key;
  }

  /** For a server that seals to it. */
  get environment() {
    return {
      CARELAY_RECORDING_KEYS: "sealed",
      CARELAY_RECORDING_PUBLIC_KEY_FILE: this.publicFile,
    };
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}
