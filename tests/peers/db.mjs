/**
 * Digital Bazaar's libraries behind one JSON request on stdin and one JSON answer on stdout.
 *
 *   {command: "issue", credential, seed, created, documents}        -> {credential}
 *   {command: "verify", credential, now, documents}                 -> {verified, statuses, errors}
 *   {command: "canonize", datasets}                                 -> {canonical}
 *   {command: "encode-list", length, set}                           -> {encodedList}
 *   {command: "decode-list", encodedList}                           -> {length, set}
 *
 * `documents` maps URLs to what they stand for: contexts, status lists, DID documents. A URL that is not in it is
 * refused, did:key excepted, which the library works out from the key itself. Nothing is ever fetched.
 * `statuses`: the bit of each status entry, out of its list, whose proof was verified too.
 * `datasets` and `canonical`: N-Quads. `seed`: 32 bytes of an Ed25519 key, in hex; the issuer is its did:key.
 * `set`: the indexes of the bits that are one.
 */
import * as DidKey from '@digitalbazaar/did-method-key';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as statusList from '@digitalbazaar/vc-bitstring-status-list';
import * as rdfCanonize from 'rdf-canonize';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

globalThis.fetch = () => {
  throw new Error('The network is out of bounds.');
};

const didKey = DidKey.driver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

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
  async issue({credential, seed, created, documents}) {
    const key = await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')});
    key.controller = `did:key:${key.publicKeyMultibase}`;
    key.id = `${key.controller}#${key.publicKeyMultibase}`;
    const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: created});
    return {credential: await vc.issue({credential, suite, now: created, documentLoader: loaderOf(documents)})};
  },

  async verify({credential, now, documents}) {
    const result = await vc.verifyCredential({
      credential,
      now,
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader: loaderOf(documents),
      checkStatus: statusList.checkStatus
    });
    const {verified, error, statusResult} = result;
    const errors = [...(error?.errors ?? (error ? [error] : []))];
    if(statusResult?.error) {
      errors.push(statusResult.error);
    }
    const statuses = (statusResult?.results ?? []).map(({status}) => status);
    const say = ({message, cause}) => [message, cause?.message].filter(Boolean).join(': ');
    return {verified, statuses, errors: errors.map(say)};
  },

  async canonize({datasets}) {
    const options = {
      algorithm: 'RDFC-1.0', inputFormat: 'application/n-quads', format: 'application/n-quads', maxWorkFactor: Infinity
    };
    return {canonical: await Promise.all(datasets.map(nquads => rdfCanonize.canonize(nquads, options)))};
  },

  async 'encode-list'({length, set}) {
    const list = await statusList.createList({length});
    for(const index of set) {
      list.setStatus(index, true);
    }
    return {encodedList: await list.encode()};
  },

  async 'decode-list'({encodedList}) {
    const list = await statusList.decodeList({encodedList});
    const set = [];
    for(let index = 0; index < list.length; ++index) {
      if(list.getStatus(index)) {
        set.push(index);
      }
    }
    return {length: list.length, set};
  }
};

let text = '';
for await (const chunk of process.stdin) {
  text += chunk;
}
const request = JSON.parse(text);
process.stdout.write(JSON.stringify(await commands[request.command](request)));
