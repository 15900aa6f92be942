-- room: Portal/Identity

create table ApiToken (
    Id varchar(30) not null constraint PK_ApiToken primary key,
    TokenHash varchar(64) not null constraint UQ_ApiToken_TokenHash unique,
    AccountId varchar(30) not null,
    PersonId varchar(30) not null constraint FK_ApiToken_Person references Person (Id),
    ClientId varchar(30) null constraint FK_ApiToken_OidcClient references OidcClient (Id),
    Name nvarchar(80) not null,
    Permissions varchar(1000) not null,
    IpAllowList varchar(1000) null,
    Hint varchar(8) not null,
    CreatedBy varchar(30) not null constraint FK_ApiToken_CreatedBy references Person (Id),
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    LastUsedAt datetime2(3) null,
    LastUsedIp varchar(45) null,
    RevokedAt datetime2(3) null
);

create index IX_ApiToken_AccountId on ApiToken (AccountId, CreatedAt);
create index IX_ApiToken_PersonId on ApiToken (PersonId, CreatedAt);

-- from where a service account is good
alter table OidcClient add IpAllowList varchar(1000) null;
