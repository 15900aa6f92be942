using System.Globalization;
using Database;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>What somebody can choose from who gives access: what they hold themselves, on what there is.</summary>
internal sealed record GrantChoices(IReadOnlyList<SelectListItem> Roles, IReadOnlyList<SelectListItem> Scopes)
{
    private const int MostServers = 200;

    public static GrantChoices None { get; } = new([], []);

    public static async Task<GrantChoices> Read(Db db, AccountId account, RequestAccess giver)
    {
        var ready = Access.Roles.Ready.Where(role => role.Permissions.All(giver.CanOnAll))
            .Select(role => new SelectListItem($"{role.Name}: {role.Text}", role.Code));
        var own = (await CustomRole.Of(db, account)).Where(role => role.Codes.All(giver.CanOnAll))
            .Select(role => new SelectListItem($"{role.Name} (your own role)", role.Id.Value));
        var teams = (await Team.Of(db, account)).Select(team => new SelectListItem($"{team.KindWord} {team.Name}", $"{AccessScope.Team}:{team.Id}"));
        var tags = (await Tags.OfAccount(db, account)).Select(tag => new SelectListItem($"Everything tagged {tag}", $"{AccessScope.Tag}:{tag}"));
        var servers = (await ScopeNames.Servers(db, account, MostServers))
            .Select(server => new SelectListItem($"Server {server.Name}", $"{AccessScope.Resource}:{server.Id}"));
        return new GrantChoices(
            [.. ready, .. own], [new SelectListItem("The whole account", AccessScope.Account), .. teams, .. tags, .. servers]);
    }
}

/// <summary>A grant as it is typed into a form.</summary>
internal sealed record GrantInput
{
    public string? Role { get; set; }

    /// <summary><c>account</c>, or kind and id with a colon between.</summary>
    public string? Scope { get; set; }

    /// <summary>The last day, in India: <c>yyyy-MM-dd</c>.</summary>
    public string? LastDay { get; set; }

    /// <summary>Rupees a month.</summary>
    public string? Limit { get; set; }

    public bool OnlyAsk { get; set; }

    /// <summary>The grant, or what is wrong by field.</summary>
    public (NewGrant? Grant, IReadOnlyList<(string Field, string Message)> Wrong) Read(string holder, DateTimeOffset now)
    {
        var wrong = new List<(string, string)>();
        if (string.IsNullOrEmpty(Role)) wrong.Add((nameof(Role), "Choose a role."));
        if (string.IsNullOrEmpty(Scope)) wrong.Add((nameof(Scope), "Choose what the role reaches."));
        DateTimeOffset? until = null;
        if (!string.IsNullOrWhiteSpace(LastDay))
        {
            if (!DateOnly.TryParseExact(LastDay.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                wrong.Add((nameof(LastDay), "Enter the day as 2026-12-31, or leave it empty."));
            else if (day < Ist.Date(now) || day.Year > 2100) wrong.Add((nameof(LastDay), "Choose a day to come, or leave it empty."));
            else until = Ist.StartOf(day.AddDays(1));
        }

        var (limit, trouble) = RupeesTyped.Read(Limit);
        if (trouble is not null) wrong.Add((nameof(Limit), trouble));
        if (wrong.Count > 0) return (null, wrong);
        var parts = Scope!.Split(':', 2);
        return (new NewGrant(holder, Role!, new AccessScope(parts[0], parts.Length > 1 ? parts[1] : ""))
        {
            ExpiresAt = until,
            SpendLimitPaise = limit,
            Mode = OnlyAsk ? AccessGrant.Request : AccessGrant.Allow,
        }, []);
    }
}

/// <summary>Reads an amount in rupees as people type it: <c>5000</c>, <c>5,000.50</c>, <c>₹ 5,000</c>.</summary>
internal static class RupeesTyped
{
    private const int MostDigits = 10;

    /// <summary>Paise; null for an empty field.</summary>
    public static (long? Paise, string? Trouble) Read(string? text)
    {
        var bare = string.Concat((text ?? "").Where(sign => sign is not (',' or '₹') && !char.IsWhiteSpace(sign)));
        if (bare.Length == 0) return (null, null);
        var parts = bare.Split('.');
        var fits = parts is [{ Length: > 0 and <= MostDigits }] or [{ Length: > 0 and <= MostDigits }, { Length: 2 }] && parts.All(part => part.All(char.IsAsciiDigit));
        if (!fits) return (null, "Write the amount in rupees, for example 5000.00, or leave it empty.");
        var rupees = long.Parse(parts[0], CultureInfo.InvariantCulture);
        return ((rupees * 100) + (parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : 0), null);
    }
}
