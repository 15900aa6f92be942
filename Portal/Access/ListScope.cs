namespace Portal.Access;

/// <summary>
/// What a list is narrowed to for somebody who holds only parts of the account. Their grants are asked in the list's own SQL, so that paging,
/// search and files see the same; for people who hold the permission on the whole account there is no such condition. It is for permissions
/// that only read: those are held even where the rest of a role may only be asked for, so the mode of a grant does not count.
/// </summary>
/// <param name="Holders">The person and their teams.</param>
/// <param name="Roles">The ready-made roles that hold the permission.</param>
/// <param name="Own">A pattern for the permissions of the account's own roles.</param>
/// <param name="Now">Grants that have ended by then reach nothing.</param>
internal sealed record ListScope(IReadOnlyList<string> Holders, IReadOnlyList<string> Roles, string Own, DateTimeOffset Now)
{
    public static ListScope Of(IReadOnlyList<string> holders, string permission, DateTimeOffset now) => new(
        holders,
        [.. Access.Roles.Ready.Where(role => role.Permissions.Contains(permission)).Select(role => role.Code)],
        $"% {permission} %",
        now);

    internal static class Sql
    {
        private const string Live = """
            g.AccountId = @AccountId
                            and g.HolderId in (@Holders)
                            and g.RevokedAt is null
                            and (g.ExpiresAt is null or g.ExpiresAt > @Now)
                            and (g.RoleCode in (@Roles)
                                or exists (
                                    select 1 from CustomRole r where r.Id = g.CustomRoleId and concat(' ', r.Permissions, ' ') like @Own))
            """;

        /// <summary>A condition on <c>s.ServerId</c>. Three questions, each of which seeks an index; one with 'or' inside would scan all grants.</summary>
        public const string Servers = $"""
            (exists (
                        select 1
                        from AccessGrant g
                        where g.ScopeKind = 'resource'
                            and g.ScopeId = s.ServerId
                            and {Live})
                    or exists (
                        select 1
                        from TeamResource t
                            join AccessGrant g on g.ScopeKind = 'team' and g.ScopeId = t.TeamId
                        where t.AccountId = @AccountId
                            and t.ResourceId = s.ServerId
                            and {Live})
                    or exists (
                        select 1
                        from ResourceTag t
                            join AccessGrant g on g.ScopeKind = 'tag' and g.ScopeId = t.Tag
                        where t.AccountId = @AccountId
                            and t.ResourceId = s.ServerId
                            and {Live}))
            """;
    }
}
