/** The private key of sealed recordings, and what it opens (FORMAT.md). */

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { scrypt } from "@noble/hashes/scrypt.js";
import { type Bytes, equal, joined, utf8 } from "./bytes";
import { DataKey } from "./datakey";
import { FORMAT, type KeyFile } from "./keyfile";
import { Trouble } from "./trouble";

const ENCAPSULATED = 1120;

/** HPKE in base mode: X-Wing, HKDF-SHA256, AES-256-GCM. */
const SUITE = new CipherSuite({
  kem: new XWing(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** Opens what was sealed to its public half, for as long as it is not closed. */
export class PrivateKey {
  readonly keyId: string;
  readonly #seed: Bytes;

  private constructor(keyId: string, seed: Bytes) {
    this.keyId = keyId;
    this.#seed = seed;
  }

  /** Takes half a second and 128 MiB, as it is meant to. Throws Trouble `wrong_passphrase`. */
  static async open(file: KeyFile, passphrase: string): Promise<PrivateKey> {
    const { salt, ...cost } = file.scrypt;
    const maxmem = 2 ** 31;
    const derived = scrypt(passphrase.normalize("NFC"), salt, { ...cost, dkLen: 32, maxmem });
    const key = await crypto.subtle.importKey("raw", own(derived), "AES-GCM", false, ["decrypt"]);
    const bound = joined(utf8(`${FORMAT}\0`), file.publicKey);
    const seed = await crypto.subtle
      .decrypt({ name: "AES-GCM", iv: file.nonce, additionalData: bound }, key, file.sealedSeed)
      .catch(() => {
        throw new Trouble("wrong_passphrase");
      });
    derived.fill(0);
    const opened = new PrivateKey(file.keyId, new Uint8Array(seed));
    const { publicKey } = await opened.#pair();
    const made = new Uint8Array(await SUITE.kem.serializePublicKey(publicKey));
    if (!equal(made, file.publicKey)) throw new Trouble("not_a_key");
    return opened;
  }

  /**
   * The data key of a recording. Throws Trouble `key_does_not_open`: it was sealed to another key,
   * or belongs to another recording, or was changed.
   */
  async unwrap(wrapped: Bytes, recordingId: string): Promise<DataKey> {
    const { privateKey } = await this.#pair();
    const parameters = {
      recipientKey: privateKey,
      enc: wrapped.slice(0, ENCAPSULATED),
      // Nobody has sealed keys of earlier versions, which prove nothing of the database's rows.
      info: utf8(`carelay data key 3\0${recordingId}`),
    };
    const raw = await SUITE.open(parameters, wrapped.slice(ENCAPSULATED)).catch(() => {
      throw new Trouble("key_does_not_open");
    });
    return await DataKey.take(new Uint8Array(raw), recordingId);
  }

  async #pair(): Promise<CryptoKeyPair> {
    return await new XWing().generateKeyPairDerand(this.#seed.slice());
  }
}

function own(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}
