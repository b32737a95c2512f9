/**
 * Digital Bazaar's ECDSA cryptosuites behind one JSON request on stdin and one JSON answer on stdout.
 *
 *   {command: "issue", suite, credential, key, created, mandatory, documents}  -> {credential}
 *   {command: "derive", credential, selective, documents}                      -> {credential}
 *   {command: "verify", credential, documents}                                 -> {verified, errors}
 *
 * `suite`: ecdsa-rdfc-2019, or ecdsa-sd-2023 for a base proof whose `mandatory` JSON Pointers must be shown; `selective`
 * are those that the holder chooses. `key`: a Multikey with its secret; the issuer is its did:key. `documents`: as for
 * db.mjs. Nothing is ever fetched.
 */
import * as DidKey from '@digitalbazaar/did-method-key';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as sd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';

globalThis.fetch = () => {
  throw new Error('The network is out of bounds.');
};

const didKey = DidKey.driver();
for(const multibaseMultikeyHeader of ['zDna', 'z82L']) {
  didKey.use({multibaseMultikeyHeader, fromMultibase: EcdsaMultikey.from});
}

function loaderOf(documents) {
  return async url => {
    if(Object.hasOwn(documents, url)) {
      return {contextUrl: null, documentUrl: url, document: documents[url]};
    }
    if(url.startsWith('did:key:')) {
      return {contextUrl: null, documentUrl: url, document: await didKey.get({url})};
    }
    throw new Error(`${url} was not given.`);
  };
}

const commands = {
  async issue({suite: name, credential, key, created, mandatory, documents}) {
    const controller = `did:key:${key.publicKeyMultibase}`;
    const id = `${controller}#${key.publicKeyMultibase}`;
    const pair = await EcdsaMultikey.from({type: 'Multikey', controller, id, ...key});
    const cryptosuite = name === 'ecdsa-sd-2023' ?
      sd.createSignCryptosuite({mandatoryPointers: mandatory}) : ecdsaRdfc;
    const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: created});
    return {credential: await vc.issue({credential, suite, now: created, documentLoader: loaderOf(documents)})};
  },

  async derive({credential, selective, documents}) {
    const cryptosuite = sd.createDiscloseCryptosuite({selectivePointers: selective});
    const suite = new DataIntegrityProof({cryptosuite});
    return {
      credential: await vc.derive({verifiableCredential: credential, suite, documentLoader: loaderOf(documents)})
    };
  },

  async verify({credential, now, documents}) {
    const suite = [sd.createVerifyCryptosuite(), ecdsaRdfc].map(cryptosuite => new DataIntegrityProof({cryptosuite}));
    const {verified, error} = await vc.verifyCredential({
      credential, now, suite, documentLoader: loaderOf(documents),
      checkStatus: async () => ({verified: true})
    });
    const errors = error?.errors ?? (error ? [error] : []);
    return {verified, errors: errors.map(({message, cause}) => [message, cause?.message].filter(Boolean).join(': '))};
  }
};

let text = '';
for await (const chunk of process.stdin) {
  text += chunk;
}
const request = JSON.parse(text);
process.stdout.write(JSON.stringify(await commands[request.command](request)));
