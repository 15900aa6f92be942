using Database;
using Database.Audit;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Audit;

/// <summary>One thing that was done: who, for whom, from where, what, and how it was before and is now.</summary>
/// <param name="Action">The room and the act, e.g. <c>servers.delete</c>.</param>
public sealed record AuditEntry(string Action)
{
    /// <summary>The account it concerns; null for a person's own affairs and the house's.</summary>
    public AccountId? AccountId { get; init; }

    /// <summary>Who did it; null for the house itself.</summary>
    public PersonId? PersonId { get; init; }

    /// <summary>The staff access or approval in whose name it was done.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The OpenID client whose token was used; null in the browser.</summary>
    public string? ClientId { get; init; }

    /// <summary>The request's address, or null for work in the background.</summary>
    public string? Ip { get; init; }

    /// <summary>The browser or program.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The id of what it was done to.</summary>
    public string? Resource { get; init; }

    /// <summary>Whose particulars <see cref="Before"/> and <see cref="After"/> are, when not those of <see cref="PersonId"/>.</summary>
    public PersonId? About { get; init; }

    /// <summary>What changed, before; no secrets.</summary>
    public object? Before { get; init; }

    /// <summary>What changed, after; no secrets.</summary>
    public object? After { get; init; }

    /// <summary>Why, in the words of whoever did it.</summary>
    public string? Reason { get; init; }
}

/// <summary>Writes audit events, in the transaction of what they tell of.</summary>
public static class AuditTrail
{
    /// <summary>Writes the event down.</summary>
    public static Task Record(this Tx tx, AuditEntry entry, DateTimeOffset now) => tx.Record(
        new AuditEvent(entry.Action)
        {
            AccountId = entry.AccountId is { Value.Length: > 0 } account ? account.Value : null,
            PersonId = entry.PersonId?.Value,
            OnBehalfOf = entry.OnBehalfOf,
            ClientId = entry.ClientId,
            Resource = entry.Resource,
            About = entry.About?.Value,
            Ip = entry.Ip,
            UserAgent = entry.UserAgent,
            Before = entry.Before,
            After = entry.After,
            Reason = entry.Reason,
        },
        now);

    /// <summary>An entry about this request: who is signed in, for which account, from where.</summary>
    public static AuditEntry Entry(
        this HttpContext context, string action, string? resource = null, object? before = null, object? after = null, string? reason = null)
    {
        var signedIn = context.SignedInOrNull();
        return new AuditEntry(action)
        {
            // who looks into an account signs out, changes a password and so on for themselves, not for the customer
            AccountId = signedIn?.AccountId is { Value.Length: > 0 } account && !(signedIn.Looking is not null && action.StartsWith("identity.", StringComparison.Ordinal))
                ? account
                : null,
            PersonId = signedIn?.PersonId,
            Ip = context.Ip(),
            UserAgent = context.UserAgent(),
            Resource = resource,
            Before = before,
            After = after,
            Reason = reason,
        };
    }
}
