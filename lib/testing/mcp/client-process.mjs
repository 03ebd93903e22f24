// A client that is a process of its own and can be killed: starts its server, the command behind it, and passes lines on.
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
const server = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
process.stderr.write(`server ${server.pid}\n`)
process.stdin.pipe(server.stdin)
server.stdout.pipe(process.stdout)
