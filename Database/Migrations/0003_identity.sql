-- room: Portal/Identity

create table Person (
    Id varchar(30) not null constraint PK_Person primary key,
    Email nvarchar(254) not null,
    EmailLower nvarchar(254) not null constraint UQ_Person_EmailLower unique,
    PasswordHash varchar(200) null,
    FullName nvarchar(120) not null,
    JobTitle nvarchar(80) null,
    Mobile varchar(16) null,
    Issuer nvarchar(300) null,
    SubjectHash varchar(64) null,
    StaffRole varchar(20) null,
    EmailConfirmedAt datetime2(3) not null,
    AgeConfirmedAt datetime2(3) null,
    SignupIp varchar(45) null,
    SignupUserAgent nvarchar(400) null,
    ClosedAt datetime2(3) null,
    CreatedAt datetime2(3) not null
);

create unique index UQ_Person_SubjectHash on Person (SubjectHash) where SubjectHash is not null;

create table EmailConfirmation (
    TokenHash varchar(64) not null constraint PK_EmailConfirmation primary key,
    Purpose varchar(10) not null constraint CK_EmailConfirmation_Purpose check (Purpose in ('signup', 'password')),
    PersonId varchar(30) null constraint FK_EmailConfirmation_Person references Person (Id),
    Email nvarchar(254) not null,
    EmailLower nvarchar(254) not null,
    FullName nvarchar(120) not null,
    PasswordHash varchar(200) null,
    Ip varchar(45) not null,
    UserAgent nvarchar(400) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);

create index IX_EmailConfirmation_EmailLower on EmailConfirmation (EmailLower, CreatedAt);
create index IX_EmailConfirmation_Ip on EmailConfirmation (Ip, CreatedAt);

create table SignInAttempt (
    Id varchar(30) not null constraint PK_SignInAttempt primary key,
    EmailHash varchar(64) not null,
    PersonId varchar(30) null constraint FK_SignInAttempt_Person references Person (Id),
    Ip varchar(45) not null,
    UserAgent nvarchar(400) not null,
    State varchar(10) not null constraint CK_SignInAttempt_State check (State in ('failed', 'passed', 'refused')),
    AttemptedAt datetime2(3) not null
);

create index IX_SignInAttempt_EmailHash on SignInAttempt (EmailHash, AttemptedAt);
create index IX_SignInAttempt_Ip on SignInAttempt (Ip, AttemptedAt);

create table PortalSession (
    Id varchar(30) not null constraint PK_PortalSession primary key,
    TokenHash varchar(64) not null constraint UQ_PortalSession_TokenHash unique,
    PersonId varchar(30) not null constraint FK_PortalSession_Person references Person (Id),
    AccountId varchar(30) null,
    Ip varchar(45) not null,
    UserAgent nvarchar(400) not null,
    IdToken nvarchar(max) null,
    AuthenticatedAt datetime2(3) not null,
    CreatedAt datetime2(3) not null,
    SeenAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    RevokedAt datetime2(3) null
);

create index IX_PortalSession_PersonId on PortalSession (PersonId, CreatedAt);

create table DataProtectionKey (
    FriendlyName varchar(100) not null constraint PK_DataProtectionKey primary key,
    Xml nvarchar(max) not null,
    CreatedAt datetime2(3) not null
);

create table SigningKey (
    KeyId varchar(30) not null constraint PK_SigningKey primary key,
    PrivateKey varchar(2000) not null,
    X varchar(43) not null,
    Y varchar(43) not null,
    SignsFrom datetime2(3) not null constraint UQ_SigningKey_SignsFrom unique,
    SignsUntil datetime2(3) not null,
    CreatedAt datetime2(3) not null
);

create table TokenGrant (
    Id varchar(30) not null constraint PK_TokenGrant primary key,
    ClientId varchar(60) not null,
    PersonId varchar(30) not null constraint FK_TokenGrant_Person references Person (Id),
    AccountId varchar(30) null,
    Scope varchar(200) not null,
    SessionId varchar(30) null constraint FK_TokenGrant_PortalSession references PortalSession (Id),
    AuthenticatedAt datetime2(3) not null,
    CreatedAt datetime2(3) not null,
    RevokedAt datetime2(3) null
);

create index IX_TokenGrant_PersonId on TokenGrant (PersonId, CreatedAt);

create table AuthorizationCode (
    CodeHash varchar(64) not null constraint PK_AuthorizationCode primary key,
    GrantId varchar(30) not null constraint FK_AuthorizationCode_TokenGrant references TokenGrant (Id),
    RedirectUri nvarchar(500) not null,
    Nonce nvarchar(200) null,
    CodeChallenge varchar(43) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);

create table RefreshToken (
    TokenHash varchar(64) not null constraint PK_RefreshToken primary key,
    GrantId varchar(30) not null constraint FK_RefreshToken_TokenGrant references TokenGrant (Id),
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);

create index IX_RefreshToken_GrantId on RefreshToken (GrantId);
