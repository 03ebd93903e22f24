/** As much of Swagger UI as we use; the package has no types of its own. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle' {
  export type Plugin = (system: {
    React: { createElement(name: string, props: null, child: unknown): unknown }
  }) => object
  type Options = {
    domNode: HTMLElement | null
    url: string
    validatorUrl: null
    deepLinking: boolean
    filter: boolean
    docExpansion: 'list' | 'full' | 'none'
    defaultModelsExpandDepth: number
    defaultModelRendering: 'example' | 'model'
    plugins: Plugin[]
    requestInterceptor: <T extends object>(request: T) => T
    onComplete: () => void
  }
  export default function SwaggerUI(options: Options): unknown
}
