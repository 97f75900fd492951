// The original's engines in V8, driven by original.py: a request a line, as JSON, and
// an answer a line.
//
//   {"events": [...]}             what they are asked about; answers true
//   {"engine": NAME, "text": T}   a test, parsed once; answers its number
//   {"answers": NUMBER}           answers a list, a bool an event
//   {"time": NUMBER, "at": [..]}  answers the nanoseconds of those events
'use strict'

const { createInterface } = require('readline')
const { createRequire } = require('module')

const load = createRequire(`${process.argv[2]}/`)

const ENGINES = {
  subscriptions(text) {
    const { parseFql, validate } = load('@segment/destination-subscriptions')
    const tree = parseFql(text)
    if (tree.error) throw tree.error
    return (event) => validate(tree, event)
  },
  device(rule) {
    const { matches } = load('@segment/tsub')
    const matcher = { type: 'fql', ir: rule }
    return (event) => matches(event, matcher)
  },
}

let events = []
const tests = []

function time(test, at) {
  const chosen = at.map((index) => events[index])
  let matching = 0
  const start = process.hrtime.bigint()
  for (const event of chosen) {
    if (test(event)) matching += 1
  }
  const taken = Number(process.hrtime.bigint() - start)
  if (matching > chosen.length) throw new Error('counted more than there are')
  return taken
}

// Asks often: V8 compiles what has run for a while.
function answers(test) {
  let given = []
  for (let round = 0; round < 20; round += 1) {
    given = events.map((event) => test(event))
  }
  return given
}

function answer(request) {
  if (request.events) {
    events = request.events
    return true
  }
  if (request.engine) return tests.push(ENGINES[request.engine](request.text)) - 1
  if ('answers' in request) return answers(tests[request.answers])
  return time(tests[request.time], request.at)
}

createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`)
})
