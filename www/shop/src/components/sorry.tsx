import { Component, type ReactNode } from 'react'

interface Props {
  readonly onError: () => void
  readonly children: ReactNode
}

/** Says sorry in place of what broke, so that the rest of the page goes on. */
export class Sorry extends Component<Props, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override componentDidCatch() {
    this.props.onError()
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    return (
      <div className="empty" role="alert" data-testid="sorry">
        <p>Sorry, something went wrong here. Your basket is as you left it.</p>
        <button type="button" className="button" onClick={() => this.setState({ isBroken: false })}>
          Try again
        </button>
      </div>
    )
  }
}
