// The original's engines in V8, driven by original.py: a request a line, as JSON, and
// an answer a line.
//
//   {"events": [...]}             what they are asked about; answers true
//   {"engine": NAME, "text": T}   a test, parsed once; answers its number
//   {"answers": NUMBER}           answers a list, a bool an event
//   {"time": NUMBER, "step": N}   answers the nanoseconds of every N-th event, once
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

function time(test, step) {
  let matching = 0
  const start = process.hrtime.bigint()
  for (let index = 0; index < events.length; index += step) {
    if (test(events[index])) matching += 1
  }
  const taken = Number(process.hrtime.bigint() - start)
  if (matching > events.length) throw new Error('counted more than there are')
  return taken
}

function answer(request) {
  if (request.events) {
    events = request.events
    return true
  }
  if (request.engine) return tests.push(ENGINES[request.engine](request.text)) - 1
  if ('answers' in request) return events.map(tests[request.answers])
  return time(tests[request.time], request.step)
}

createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`)
})
