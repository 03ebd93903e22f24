export type OutboundFault = 'url' | 'address' | 'name' | 'connection' | 'certificate' | 'deadline' | 'stopped'

/** Why a request did not get an answer; the message is a plain sentence that names no internal address. */
export class OutboundError extends Error {
  readonly fault: OutboundFault

  constructor(fault: OutboundFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'OutboundError'
    this.fault = fault
  }
}
