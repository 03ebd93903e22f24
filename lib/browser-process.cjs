/** What `process` is in a browser to packages that ask it for settings, in place of an imitation of Node's. */
module.exports = { env: {} }
