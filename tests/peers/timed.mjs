/**
 * How long Digital Bazaar's libraries take, by requests of one line each on stdin and answers of one line on stdout.
 *
 *   {credentials, secured, seed, created, now, documents}   once, first  -> {node}
 *   {command: "issue" | "verify", calls}                                 -> {seconds}: of a processor, all calls
 *   {command: "show"}                                                    -> {credential}: the first, issued
 *
 * `credentials` and `secured` are taken in turn. To issue is from an object to text, to verify from text to a verdict;
 * a status entry is taken to be unrevoked, so that the signature alone is measured. Nothing is ever fetched.
 */
import * as DidKey from '@digitalbazaar/did-method-key';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as readline from 'node:readline';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

globalThis.fetch = () => {
  throw new Error('The network is out of bounds.');
};

const didKey = DidKey.driver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

const lines = readline.createInterface({input: process.stdin})[Symbol.asyncIterator]();
const {credentials, secured, seed, created, now, documents} = JSON.parse((await lines.next()).value);
const texts = secured.map(one => JSON.stringify(one));
say({node: process.version});

async function documentLoader(url) {
  if(Object.hasOwn(documents, url)) {
    return {contextUrl: null, documentUrl: url, document: documents[url]};
  }
  if(url.startsWith('did:key:')) {
    return {contextUrl: null, documentUrl: url, document: await didKey.get({url})};
  }
  throw new Error(`${url} was not given.`);
}

const key = await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')});
key.controller = `did:key:${key.publicKeyMultibase}`;
key.id = `${key.controller}#${key.publicKeyMultibase}`;
const signer = key.signer();

async function issue(credential) {
  const suite = new DataIntegrityProof({signer, cryptosuite, date: created});
  return JSON.stringify(await vc.issue({credential, suite, now: created, documentLoader}));
}

async function verify(text) {
  const suite = new DataIntegrityProof({cryptosuite});
  const {verified, error} = await vc.verifyCredential({
    credential: JSON.parse(text), now, suite, documentLoader, checkStatus: async () => ({verified: true})
  });
  if(!verified) {
    throw error;
  }
}

let turn = 0;
async function timed(calls, work, items) {
  const before = process.cpuUsage();
  for(let call = 0; call < calls; ++call) {
    await work(items[turn++ % items.length]);
  }
  const {user, system} = process.cpuUsage(before);
  return {seconds: (user + system) / 1e6};
}

for await (const line of lines) {
  const {command, calls} = JSON.parse(line);
  if(command === 'show') {
    say({credential: JSON.parse(await issue(credentials[0]))});
  } else {
    say(await timed(calls, ...(command === 'issue' ? [issue, credentials] : [verify, texts])));
  }
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
