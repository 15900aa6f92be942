namespace Database.Audit;

/// <summary>
/// Where what is done now comes from. A host says it once for a request; every event that is written meanwhile, in whatever room, takes
/// from it who did it and from where, unless it says so itself. Work in the background has none: the house did it.
/// </summary>
public sealed class AuditSource
{
    private static readonly AsyncLocal<AuditSource?> Ambient = new();
    private readonly Func<AuditEvent, AuditEvent> complete;
    private int recorded;

    private AuditSource(Func<AuditEvent, AuditEvent> complete) => this.complete = complete;

    /// <summary>How many events were written since <see cref="Begin"/>.</summary>
    public int Recorded => recorded;

    /// <summary>From here on, in this flow of control: <paramref name="complete"/> fills in what an event leaves open.</summary>
    public static AuditSource Begin(Func<AuditEvent, AuditEvent> complete) => Ambient.Value = new AuditSource(complete);

    internal static AuditEvent Complete(AuditEvent told)
    {
        if (Ambient.Value is not { } source) return told;
        Interlocked.Increment(ref source.recorded);
        return source.complete(told);
    }
}
