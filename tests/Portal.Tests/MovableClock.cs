namespace Portal.Tests;

/// <summary>The machine's clock, set forward as far as a test wants.</summary>
public sealed class MovableClock : TimeProvider
{
    private long ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref ahead));

    public void Pass(TimeSpan time) => Interlocked.Add(ref ahead, time.Ticks);
}
