namespace Portal.Demo;

/// <summary>The machine's clock, set back, and moved forward from one day of the history to the next.</summary>
internal sealed class DemoClock : TimeProvider
{
    private long behind;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(-Interlocked.Read(ref behind));

    /// <summary>Goes forward to the instant; an instant that has passed changes nothing.</summary>
    public void MoveTo(DateTimeOffset at)
    {
        var wanted = (System.GetUtcNow() - at).Ticks;
        if (at > GetUtcNow()) Interlocked.Exchange(ref behind, Math.Max(wanted, 0));
    }

    /// <summary>Goes back to where the history begins.</summary>
    public void SetBackTo(DateTimeOffset at) => Interlocked.Exchange(ref behind, (System.GetUtcNow() - at).Ticks);
}
