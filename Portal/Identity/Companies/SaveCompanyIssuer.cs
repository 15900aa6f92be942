using Database;
using Portal.Audit;
using Portal.Identity.Sessions;
using Portal.Identity.SignIn;

namespace Portal.Identity.Companies;

/// <summary>What an owner types about the company's issuer.</summary>
internal sealed record CompanyInput
{
    public string? Issuer { get; init; }

    public string? ClientId { get; init; }

    /// <summary>Empty keeps the one that is there.</summary>
    public string? ClientSecret { get; init; }

    public string? ExtraScopes { get; init; }

    public string? GroupsClaim { get; init; }

    public string? DefaultRole { get; init; }

    /// <summary>One a line: <c>group = role</c>.</summary>
    public string? Groups { get; init; }

    public bool TrustsEmail { get; init; }

    public bool IsOn { get; init; }

    public bool IsMandatory { get; init; }

    public static CompanyInput Of(CompanyIssuer company, IReadOnlyList<CompanyGroup> groups) => new()
    {
        Issuer = company.Issuer,
        ClientId = company.ClientId,
        ExtraScopes = company.ExtraScopes,
        GroupsClaim = company.GroupsClaim,
        DefaultRole = company.DefaultRole,
        Groups = string.Join('\n', groups.Select(group => $"{group.GroupName} = {group.Role}")),
        TrustsEmail = company.TrustsEmail,
        IsOn = company.IsOn,
        IsMandatory = company.IsMandatory,
    };
}

/// <summary>Saves a company's issuer.</summary>
internal static class SaveCompanyIssuer
{
    private const int MostGroups = 100;

    /// <summary>The errors, by field; none: it is saved.</summary>
    /// <param name="protectedSecret">Of what was typed; null keeps the one that is there.</param>
    public static async Task<IReadOnlyList<(string Field, string Message)>> Run(
        Tx tx, HttpContext context, CompanyInput input, string? protectedSecret, DateTimeOffset now)
    {
        var signedIn = context.SignedIn();
        var account = signedIn.AccountId;
        var before = await tx.One<CompanyIssuer>(CompanyIssuer.Sql.OfAccount, new { AccountId = account });
        var errors = new List<(string Field, string Message)>();
        var groups = Groups(input.Groups, errors);
        Check(input, before, errors);
        var issuer = (input.Issuer ?? "").Trim().TrimEnd('/');
        var moved = before is not null && before.Issuer != issuer;
        if (input.IsMandatory && errors.Count == 0)
        {
            if (!input.IsOn) errors.Add((nameof(input.IsMandatory), "Switch the company sign-in on to make it mandatory."));
            else if (before is null || moved || await tx.One<int>(Sql.Joined, new { AccountId = account, signedIn.PersonId }) == 0)
                errors.Add((nameof(input.IsMandatory), "Save it first and sign in through it yourself once; else you might lock yourself out."));
        }

        if (errors.Count > 0) return errors;
        var id = before?.Id ?? Id.New<CompanyIssuerId>(now);
        var row = new
        {
            Id = id,
            AccountId = account,
            Issuer = issuer,
            ClientId = input.ClientId!.Trim(),
            ProtectedSecret = protectedSecret ?? before!.ProtectedSecret,
            ExtraScopes = string.Join(' ', (input.ExtraScopes ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            GroupsClaim = string.IsNullOrWhiteSpace(input.GroupsClaim) ? "groups" : input.GroupsClaim.Trim(),
            DefaultRole = string.IsNullOrEmpty(input.DefaultRole) ? null : input.DefaultRole,
            input.TrustsEmail,
            input.IsOn,
            input.IsMandatory,
            ChangedBy = signedIn.PersonId,
            Now = now,
        };
        await tx.Execute(before is null ? Sql.Add : Sql.Change, row);
        await tx.Execute(Sql.ForgetGroups, new { AccountId = account });
        for (var i = 0; i < groups.Count; i++)
        {
            await tx.Execute(Sql.AddGroup, new
            {
                CompanyIssuerId = id, AccountId = account, groups[i].GroupName, groups[i].Role, Position = i,
            });
        }

        if (moved) await EndAll(tx, id, account, now);
        var was = before is null ? null : Shown(before.Issuer, before.ClientId, before.DefaultRole, before);
        await tx.Record(
            context.Entry("identity.companies.save", id.Value, was, Shown(row.Issuer, row.ClientId, row.DefaultRole, input)), now);
        return errors;
    }

    // what another issuer said of people is worth nothing at this one
    private static async Task EndAll(Tx tx, CompanyIssuerId id, Portal.Accounts.AccountId account, DateTimeOffset now)
    {
        foreach (var session in await SessionOrigin.OfIssuer(tx, id.Value)) await PortalSession.Revoke(tx, session.PersonId, session.Id, now);
        await tx.Execute(Sql.ForgetJoined, new { AccountId = account });
    }

    private static object Shown(string issuer, string clientId, string? defaultRole, CompanyIssuer one) =>
        new { Issuer = issuer, ClientId = clientId, DefaultRole = defaultRole, one.TrustsEmail, one.IsOn, one.IsMandatory };

    private static object Shown(string issuer, string clientId, string? defaultRole, CompanyInput one) =>
        new { Issuer = issuer, ClientId = clientId, DefaultRole = defaultRole, one.TrustsEmail, one.IsOn, one.IsMandatory };

    private static void Check(CompanyInput input, CompanyIssuer? before, List<(string Field, string Message)> errors)
    {
        if (input.Issuer?.Trim() is not { Length: > 0 and <= 300 } issuer || !IdentityOptions.IsSafe(issuer))
            errors.Add((nameof(input.Issuer), "Enter the issuer's https address, as your provider's documentation gives it."));
        if (input.ClientId?.Trim() is not { Length: > 0 and <= 200 })
            errors.Add((nameof(input.ClientId), "Enter the client id your provider gave you."));
        if (string.IsNullOrWhiteSpace(input.ClientSecret) && before is null)
            errors.Add((nameof(input.ClientSecret), "Enter the client secret your provider gave you."));
        if (input.ClientSecret is { Length: > 500 }) errors.Add((nameof(input.ClientSecret), "A client secret has at most 500 characters."));
        if (input.ExtraScopes is { Length: > 200 } || (input.ExtraScopes ?? "").Any(c => c is '"' or '\\' || c < ' ' || c > '~'))
            errors.Add((nameof(input.ExtraScopes), "Scopes are words with a blank between them, like groups."));
        if (input.GroupsClaim is { Length: > 60 }) errors.Add((nameof(input.GroupsClaim), "A claim's name has at most 60 characters."));
        if (!string.IsNullOrEmpty(input.DefaultRole) && !CompanyRoles.IsOffered(input.DefaultRole))
            errors.Add((nameof(input.DefaultRole), "Choose one of the roles."));
    }

    private static List<CompanyGroup> Groups(string? text, List<(string Field, string Message)> errors)
    {
        var groups = new List<CompanyGroup>();
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = line.LastIndexOf('=');
            var (name, role) = at < 0 ? (line, "") : (line[..at].Trim(), line[(at + 1)..].Trim().ToLowerInvariant());
            if (name.Length is 0 or > 200 || !CompanyRoles.IsOffered(role))
            {
                var roles = string.Join(", ", CompanyRoles.Offered.Select(one => one.Code));
                errors.Add((
                    nameof(CompanyInput.Groups), $"“{Texts.Cut(line, 60)}” is no line like Cloud admins = technical. The roles are {roles}."));
                return groups;
            }

            if (groups.All(group => group.GroupName != name)) groups.Add(new CompanyGroup { GroupName = name, Role = role });
        }

        if (groups.Count > MostGroups) errors.Add((nameof(CompanyInput.Groups), $"At most {MostGroups} groups."));
        return groups;
    }

    internal static class Sql
    {
        public const string Joined = "select count(*) from CompanyMember where AccountId = @AccountId and PersonId = @PersonId";

        public const string Add = """
            insert into CompanyIssuer (Id, AccountId, Issuer, ClientId, ProtectedSecret, ExtraScopes, GroupsClaim, DefaultRole, TrustsEmail, IsOn,
                IsMandatory, CreatedAt, ChangedAt, ChangedBy)
            values (@Id, @AccountId, @Issuer, @ClientId, @ProtectedSecret, @ExtraScopes, @GroupsClaim, @DefaultRole, @TrustsEmail, @IsOn,
                @IsMandatory, @Now, @Now, @ChangedBy)
            """;

        public const string Change = """
            update CompanyIssuer
            set Issuer = @Issuer, ClientId = @ClientId, ProtectedSecret = @ProtectedSecret, ExtraScopes = @ExtraScopes, GroupsClaim = @GroupsClaim,
                DefaultRole = @DefaultRole, TrustsEmail = @TrustsEmail, IsOn = @IsOn, IsMandatory = @IsMandatory, ChangedAt = @Now,
                ChangedBy = @ChangedBy
            where AccountId = @AccountId
                and Id = @Id
            """;

        public const string ForgetGroups = "delete from CompanyGroup where AccountId = @AccountId";

        public const string AddGroup = """
            insert into CompanyGroup (CompanyIssuerId, AccountId, GroupName, Role, Position)
            values (@CompanyIssuerId, @AccountId, @GroupName, @Role, @Position)
            """;

        public const string ForgetJoined = "delete from CompanyMember where AccountId = @AccountId and IsProvisioned = 0";
    }
}
